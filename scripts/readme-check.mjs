// Runs the commands of README.md as a reader would paste them, and compares what they print. Needs a running `npm start`.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { commandLine } from './lib/arguments.mjs';
import { readEnvironment } from './lib/environment.mjs';
import { PROJECT, inProject } from './lib/paths.mjs';
import { sleep } from './lib/processes.mjs';
import { Told, main, say } from './lib/say.mjs';

const help = `node scripts/readme-check.mjs [FILE]

Executes the fenced bash blocks of README.md (or FILE) that stand below a comment

  <!-- ci:run expect="text" without="text" within="10 s" -->

in their order, in one shell with "set -euo pipefail". "expect" must be printed, "without" must not (both may be repeated);
with "within" the block is run again until both hold. Where the customary ports were taken, those of this clone are put in.`;

const BLOCK = /<!-- ci:run(?<marks>[^>]*)-->\n```bash\n(?<code>[\s\S]*?)^```$/gm;
const MARK = /(?<name>[a-z]+)=(?<quote>["'])(?<text>.*?)\k<quote>/g;
const BLOCK_LIMIT_MS = 60_000;

/** Every marked block of the text: { line, code, expect, without, withinMs }. */
function blocksOf(text) {
  const blocks = [...text.matchAll(BLOCK)].map((found) => {
    const marks = [...found.groups.marks.matchAll(MARK)].map(({ groups }) => [groups.name, groups.text]);
    const all = (name) => marks.filter(([key]) => key === name).map(([, value]) => value);
    const line = text.slice(0, found.index).split('\n').length + 1;
    return { line, code: found.groups.code, expect: all('expect'), without: all('without'), withinMs: Number.parseFloat(all('within')[0] ?? '0') * 1000 };
  });
  const marked = text.split('<!-- ci:run').length - 1;
  if (blocks.length === 0 || blocks.length !== marked) throw new Told(`${marked} marks, but ${blocks.length} blocks below them: each mark stands right above a bash block.`);
  return blocks;
}

/** A shell that stays open from block to block; run(code) gives what the block printed. */
function openShell() {
  const shell = spawn('bash', ['--noprofile', '--norc', '-s'], { cwd: PROJECT, stdio: ['pipe', 'pipe', 'inherit'] });
  let printed = '';
  let wake = () => undefined;
  shell.stdout.setEncoding('utf8').on('data', (text) => {
    printed += text;
    wake();
  });
  shell.once('close', () => wake());
  shell.stdin.on('error', () => undefined); // a shell that ended is told by its exit code
  shell.stdin.write('set -euo pipefail\n');
  let blocks = 0;
  return {
    async run(code) {
      const mark = `--- end of block ${(blocks += 1)} ---`;
      printed = '';
      shell.stdin.write(`${code}\nprintf '\\n%s\\n' '${mark}'\n`);
      const end = Date.now() + BLOCK_LIMIT_MS;
      while (!printed.includes(mark)) {
        if (shell.exitCode !== null) throw new Told(`It ended the shell with exit code ${shell.exitCode} after printing:\n${printed}`);
        if (Date.now() > end) throw new Told(`It was not done after ${BLOCK_LIMIT_MS / 1000} s and had printed:\n${printed}`);
        await new Promise((resolve) => {
          wake = resolve;
          setTimeout(resolve, 1000).unref();
        });
      }
      return printed.slice(0, printed.indexOf(mark)).trim();
    },
    close: () => shell.kill(),
  };
}

/** The README names the customary ports; a machine on which they were taken has others. */
function addressedTo(environment) {
  const own = { 'http://127.0.0.1:3000': environment.REGISTER_PORT, 'http://127.0.0.1:3001': environment.MARKETING_PORT };
  return (code) => code.replace(/http:\/\/127\.0\.0\.1:300[01]\b/g, (address) => `http://127.0.0.1:${own[address]}`);
}

const complaintsOf = ({ expect, without }, printed) => [
  ...expect.filter((text) => !printed.includes(text)).map((text) => `does not print ${text}`),
  ...without.filter((text) => printed.includes(text)).map((text) => `prints ${text}`),
];

await main(async () => {
  const { paths, positionals } = commandLine({ help, allowPositionals: true });
  const addressed = addressedTo(readEnvironment(paths));
  const file = positionals[0] ?? 'README.md';
  const blocks = blocksOf(readFileSync(inProject(file), 'utf8'));
  const shell = openShell();
  try {
    for (const block of blocks) {
      const end = Date.now() + block.withinMs;
      for (;;) {
        let printed;
        try {
          printed = await shell.run(addressed(block.code));
        } catch (error) {
          throw error instanceof Told ? new Told(`${file}:${block.line} failed. ${error.message}`) : error;
        }
        const complaints = complaintsOf(block, printed);
        if (complaints.length === 0) break;
        if (Date.now() >= end) throw new Told(`${file}:${block.line} ${complaints.join(' and ')}. It printed:\n${printed}`);
        await sleep(200);
      }
      say(`ok  ${file}:${block.line}  ${block.code.split('\n')[0].slice(0, 80)}`);
    }
  } finally {
    shell.close();
  }
  say(`${blocks.length} blocks of ${file} do what it says.`);
});
