// Prints a token for one of the demo's programs or staff, for use in a shell: TOKEN=$(node scripts/token.mjs web-shop)
import { commandLine } from './lib/arguments.mjs';
import { readEnvironment } from './lib/environment.mjs';
import { readJson } from './lib/json-file.mjs';
import { Told, main, say } from './lib/say.mjs';
import { programToken, staffToken } from './lib/tokens.mjs';

const help = `node scripts/token.mjs NAME [--profile NAME]

Logs a demo program (client credentials) or a demo member of staff (password) in at the running register and prints the
token. It lasts 15 minutes. Names and secrets are those that "npm start" made and keeps in .lupa/dev/demo.json.`;

await main(async () => {
  const { paths, positionals } = commandLine({ help, allowPositionals: true });
  const demo = readJson(paths.demo);
  if (!demo) throw new Told('There are no demo users here. "npm start" makes them for an empty register.');
  const { REGISTER_PORT } = readEnvironment(paths);
  const url = `http://127.0.0.1:${REGISTER_PORT}`;
  const [name] = positionals;
  const program = Object.values(demo.programs).find(({ id }) => id === name);
  const person = Object.values(demo.staff).find(({ username }) => username === name);
  if (!program && !person) {
    const names = [...Object.values(demo.programs).map(({ id }) => id), ...Object.values(demo.staff).map(({ username }) => username)];
    throw new Told(name ? `There is no "${name}". There are ${names.join(', ')}.` : `${help}\n\nNames: ${names.join(', ')}`);
  }
  say(program ? await programToken(url, program) : await staffToken(url, person));
});
