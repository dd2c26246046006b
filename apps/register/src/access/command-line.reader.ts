import { text } from 'node:stream/consumers';
import { parseArgs, type ParseArgsConfig } from 'node:util';

/** Something the operator can put right; its message is shown. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @throws UsageError naming what is not known */
export function options<const Options extends NonNullable<ParseArgsConfig['options']>>(args: string[], known: Options): ReturnType<typeof parseArgs<{ args: string[]; options: Options }>> {
  try {
    return parseArgs({ args, options: known });
  } catch (error) {
    // Node's sentence names the option that it does not know.
    throw new UsageError(error instanceof Error ? error.message : 'The options cannot be read.');
  }
}

/** @throws UsageError unless it is given, in this form */
export function named(value: string | undefined, option: string, form: RegExp): string {
  if (value === undefined) throw new UsageError(`${option} is missing.`);
  if (!form.test(value)) throw new UsageError(`${option} must match ${form.source}.`);
  return value;
}

/** @throws UsageError unless it names one or more of those that are known */
export function listed(value: string | undefined, option: string, isKnown: (item: string) => boolean, known: readonly string[]): string[] {
  const items = [...new Set((value ?? '').split(',').map((item) => item.trim()).filter((item) => item !== ''))];
  const unknown = items.find((item) => !isKnown(item));
  if (items.length === 0 || unknown !== undefined) throw new UsageError(`${option} takes a comma-separated list of: ${known.join(', ')}.`);
  return items;
}

/** Never an argument, which every process can read. @throws UsageError when it is too short */
export async function secretFromInput(what: string, minLength: number): Promise<string> {
  const secret = (await text(process.stdin)).replace(/\r?\n$/, '');
  if (secret.length < minLength) throw new UsageError(`Give ${what} on standard input; it needs at least ${minLength} characters.`);
  return secret;
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
