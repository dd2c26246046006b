// Fails when a process still runs that has to do with the folder: by its command line, its working directory or its environment.
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const [tree] = process.argv.slice(2);
const { LUPA_DATA_DIRECTORY } = JSON.parse(readFileSync(join(tree, '.lupa/dev/environment.json'), 'utf8'));
const marks = [tree, LUPA_DATA_DIRECTORY];

const attempt = (read) => {
  try {
    return read();
  } catch {
    return ''; // ended meanwhile, or of the kernel
  }
};
const textOf = (pid, file) => attempt(() => readFileSync(`/proc/${pid}/${file}`, 'utf8')).replaceAll('\0', ' ');
const parentOf = (pid) => Number(/^PPid:\s+(\d+)/m.exec(textOf(pid, 'status'))?.[1] ?? 0);

/** This process and those that called it; they name the folder as well. */
const callers = new Set();
for (let pid = process.pid; pid > 0; pid = parentOf(pid)) callers.add(pid);

const isZombie = (pid) => /^State:\s+Z/m.test(textOf(pid, 'status'));
const left = readdirSync('/proc')
  .filter((name) => /^\d+$/.test(name) && !callers.has(Number(name)) && !isZombie(name))
  .filter((pid) => {
    const seen = [textOf(pid, 'cmdline'), textOf(pid, 'environ'), attempt(() => readlinkSync(`/proc/${pid}/cwd`))].join(' ');
    return marks.some((mark) => seen.includes(mark));
  });
for (const pid of left) console.log(`left behind: ${pid} ${textOf(pid, 'cmdline')}`);
if (left.length > 0) process.exit(1);
console.log('No process is left behind.');
