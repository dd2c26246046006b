import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { waitFor } from '#test/support/wait-for.js';
import { compareSides, isAtRest, isEqual, readUnrest, type Sides, type Unrest, type Verdict } from '#test/support/verify.js';

const USAGE = `npm run verify [-- --wait SECONDS] [-- --json]

Says whether marketing holds exactly the opted-in customers: waits until nothing is on its way any more (60 s at most,
unless told otherwise), then joins both databases field by field. Prints counts, references and names of fields, never
what they hold. Exits with 0 only when both sides are equal.`;

const LISTED = 20;
const SETTLING_TRIES = 3;

async function open(name: string): Promise<Client> {
  const url = process.env[name];
  if (!url) throw new Error(`${name} is not set; run "npm run verify" while Lupa is running.`);
  const client = new Client({ connectionString: url, application_name: 'lupa-verify' });
  await client.connect();
  return client;
}

/** The unrest left when the time was over, or undefined once at rest. */
async function awaitRest(sides: Sides, timeoutMs: number): Promise<Unrest | undefined> {
  let last = await readUnrest(sides);
  const rested = await waitFor('rest', async () => isAtRest((last = await readUnrest(sides))), timeoutMs).then(() => true, () => false);
  return rested ? undefined : last;
}

/** A change may slip in between the wait and the join: a difference counts when it is still there at the next rest. */
async function verify(sides: Sides, timeoutMs: number): Promise<{ verdict: Verdict; unrest: Unrest | undefined }> {
  for (let attempt = 1; ; attempt += 1) {
    const unrest = await awaitRest(sides, timeoutMs);
    const verdict = await compareSides(sides);
    if (unrest || isEqual(verdict) || attempt === SETTLING_TRIES) return { verdict, unrest };
  }
}

function print(verdict: Verdict, unrest: Unrest | undefined): void {
  const lines: [string, number][] = [
    ['opted in at the register', verdict.optedIn], ['contacts in marketing', verdict.contacts], ['differing', verdict.differing.length],
    ['missing in marketing', verdict.missing.length], ['extra in marketing', verdict.extra.length],
    ['tombstones holding data', verdict.tombstonesWithData], ['erased and forgotten', verdict.forgotten.length],
  ];
  for (const [what, count] of lines) console.log(`${what.padEnd(26)} ${String(count).padStart(8)}`);
  const list = (what: string, items: readonly string[]): void => {
    for (const item of items.slice(0, LISTED)) console.log(`  ${what}  ${item}`);
    if (items.length > LISTED) console.log(`  ${what}  and ${items.length - LISTED} more`);
  };
  list('differs', verdict.differing.map(({ ref, fields }) => `${ref}  ${fields.join(', ')}`));
  list('missing', verdict.missing);
  list('extra', verdict.extra);
  list('forgotten', verdict.forgotten);
  if (unrest) {
    const left = Object.entries(unrest).filter(([, count]) => count !== 0).map(([what, count]) => `${what} ${String(count)}`);
    console.log(`Not at rest in time: ${left.join(', ')}.`);
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { wait: { type: 'string', default: '60' }, json: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const sides = { register: await open('REGISTER_DATABASE_URL'), marketing: await open('MARKETING_DATABASE_URL') };
  try {
    const { verdict, unrest } = await verify(sides, Number(values.wait) * 1_000);
    const equal = isEqual(verdict) && !unrest;
    if (values.json) console.log(JSON.stringify({ equal, unrest: unrest ?? null, ...verdict }));
    else {
      print(verdict, unrest);
      console.log(equal ? 'Marketing equals the opted-in customers, field by field.' : 'Marketing does NOT equal the opted-in customers.');
    }
    return equal ? 0 : 1;
  } finally {
    await Promise.all([sides.register.end(), sides.marketing.end()]);
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : 'The databases could not be compared.');
  process.exitCode = 2;
}
