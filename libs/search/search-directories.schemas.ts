import { z } from 'zod';
import type { Directory } from './search-files.js';

/** As certificates name stores. */
const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
const NamedPathsSchema = z.record(z.string(), z.string().min(1));

/**
 * Directories to be searched for erased people, as an environment variable says them: a JSON object of name and path.
 * @param reserved names that the service gives to stores of its own
 */
export function searchDirectoriesSchema(reserved: readonly string[]): z.ZodType<readonly Directory[], string | undefined> {
  return z.string().default('{}').transform((text, context) => {
    const named = NamedPathsSchema.safeParse(jsonOf(text));
    const names = Object.keys(named.data ?? {});
    if (named.success && names.every((name) => NAME.test(name) && !reserved.includes(name))) return Object.entries(named.data).map(([store, path]) => ({ store, path }));
    const taken = reserved.length === 0 ? '' : `; not ${reserved.join(', ')}`;
    context.addIssue({ code: 'custom', message: `must be a JSON object of directories by name, such as {"logs":"/var/log/lupa"}; a name is of a–z, 0–9 and dashes, 40 at most${taken}` });
    return z.NEVER;
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
