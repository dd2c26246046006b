// `npm run models`: checks the protocol's models with Spin, and that each mutant of each model fails.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine } from './lib/arguments.mjs';
import { inProject } from './lib/paths.mjs';
import { Told, main, say } from './lib/say.mjs';

const help = `npm run models [-- --only WORD]

Checks every model in test/models/ exhaustively, within the bounds stated there, and then each of its mutants (the words listed under
"Mutants:" in the model), which must fail. Needs spin and gcc. --only takes the models whose name holds WORD.`;

const MODELS = inProject('test/models');

const run = (program, args, cwd) => {
  const { error, stdout, stderr, status } = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (error?.code === 'ENOENT') throw new Told(`${program} is not installed. On Debian and Ubuntu: apt-get install spin gcc. On macOS: brew install spin.`);
  return { text: `${stdout}${stderr}`, status };
};

/** Explores every state. Invalid end states are no error here: several steps begin by choosing something that may not be there. */
function check(model, defines) {
  const folder = mkdtempSync(join(tmpdir(), 'lupa-model-'));
  try {
    const made = run('spin', [...defines.map((name) => `-D${name}`), '-a', join(MODELS, model)], folder);
    if (made.status !== 0) throw new Told(`${model}: ${made.text}`);
    const compiled = run('gcc', ['-w', '-O2', '-DSAFETY', '-DCOLLAPSE', '-o', 'check', 'pan.c'], folder);
    if (compiled.status !== 0) throw new Told(`${model}: ${compiled.text}`);
    const { text } = run(join(folder, 'check'), ['-E', '-m1000000'], folder);
    const errors = /errors: (\d+)/.exec(text)?.[1];
    if (errors === undefined || /max search depth too small|out of memory/.test(text)) throw new Told(`${model} could not be checked to the end:\n${text.slice(-2000)}`);
    return { holds: errors === '0', states: Number(/^\s*([\d.e+]+) states, stored/m.exec(text)?.[1] ?? 0), broken: /assertion violated (.*) \(at/.exec(text)?.[1] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The words in capitals that begin the lines from "Mutants:" on. */
const mutantsOf = (text) => [...(/Mutants:([\s\S]*?)\*\//.exec(text)?.[1] ?? '').matchAll(/(?:^|\n)\s*([A-Z]{3,})\b/g)].map((match) => match[1]);
/** Lines "Checked as: A B" name sets of defines; without any, the model is checked once as it is. */
const variantsOf = (text) => [...text.matchAll(/Checked as: +([A-Z_=0-9 ]+)/g)].map((match) => match[1].trim().split(/ +/));

await main(async () => {
  const { values } = commandLine({ help, options: { only: { type: 'string', default: '' } } });
  let wrong = 0;
  let total = 0;
  const tell = (isRight, sentence) => {
    if (!isRight) wrong += 1;
    say(`${isRight ? 'ok    ' : 'WRONG '} ${sentence}`);
  };
  for (const model of readdirSync(MODELS).filter((name) => name.endsWith('.pml') && name.includes(values.only)).sort()) {
    const text = readFileSync(join(MODELS, model), 'utf8');
    const variants = variantsOf(text);
    for (const defines of variants.length > 0 ? variants : [[]]) {
      const { holds, states, broken } = check(model, defines);
      total += states;
      tell(holds, `${[model, ...defines].join(' ')}: ${holds ? 'holds' : `broken: ${broken}`}, ${states.toLocaleString('en')} states`);
    }
    for (const mutant of mutantsOf(text)) {
      const { holds, broken } = check(model, [...(variants.at(-1) ?? []), mutant]);
      tell(!holds, `${model} ${mutant}: ${holds ? 'survives' : `fails, as it must: ${broken}`}`);
    }
  }
  say(`${total.toLocaleString('en')} states checked.`);
  return wrong === 0 ? 0 : 1;
});
