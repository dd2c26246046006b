// Prints a token of one of the demo programs or demo staff, for trying things out: TOKEN=$(node scripts/token.mjs web-shop)
import { commandLine } from './lib/arguments.mjs';
import { readEnvironment } from './lib/environment.mjs';
import { readJson } from './lib/json-file.mjs';
import { Told, main, say } from './lib/say.mjs';
import { programToken, staffToken } from './lib/tokens.mjs';

const help = `node scripts/token.mjs NAME [--profile NAME]

Prints a token of a demo program or a demo member of staff, as "npm start" has made them and named on its screen.`;

await main(async () => {
  const { paths, positionals } = commandLine({ help, allowPositionals: true });
  const register = `http://127.0.0.1:${readEnvironment(paths).REGISTER_PORT}`;
  const { programs = {}, staff = {} } = readJson(paths.demo) ?? {};
  const program = Object.values(programs).find(({ id }) => id === positionals[0]);
  const person = Object.values(staff).find(({ username }) => username === positionals[0]);
  const names = [...Object.values(programs).map(({ id }) => id), ...Object.values(staff).map(({ username }) => username)];
  if (!program && !person) throw new Told(names.length > 0 ? `Name one of: ${names.join(', ')}` : 'There are no demo users here. Run "npm start" first.');
  try {
    say(await (program ? programToken(register, program) : staffToken(register, person)));
  } catch (error) {
    throw error instanceof Told ? error : new Told(`The register does not answer at ${register}. Is it running? (npm run status)`);
  }
});
