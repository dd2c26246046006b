// The few options that every command knows.
import { parseArgs } from 'node:util';
import { profilePaths } from './paths.mjs';
import { Told, say } from './say.mjs';

/**
 * Parses the command line. Prints the help and ends the process when asked. `options` adds to --help and --profile.
 * Returns { paths, values, positionals }.
 */
export function commandLine({ help, options = {}, profile = 'dev', allowPositionals = false, args = process.argv.slice(2) }) {
  let parsed;
  try {
    parsed = parseArgs({
      args,
      allowPositionals,
      options: { help: { type: 'boolean', short: 'h' }, profile: { type: 'string', default: profile }, ...options },
    });
  } catch (error) {
    throw new Told(`${error.message.split('. ')[0]}.\n\n${help}`);
  }
  if (parsed.values.help) {
    say(help);
    process.exit(0);
  }
  return { paths: profilePaths(parsed.values.profile), values: parsed.values, positionals: parsed.positionals };
}
