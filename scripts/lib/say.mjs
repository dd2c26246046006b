// Everything the commands print, in one calm voice: a line for each step, a bar for what takes longer than a moment.
const terminal = process.stdout.isTTY === true;
const WIDTH = 28;
const ERASE_LINE = '\r\x1b[2K';

export class Told extends Error {
  /** An error that is already a sentence for the reader: printed without a stack. */
  constructor(sentence) {
    super(sentence);
    this.name = 'Told';
  }
}

/** A line of its own, also while a bar stands there: the bar draws itself again below. */
export const say = (line = '') => process.stdout.write(`${terminal ? ERASE_LINE : ''}${line}\n`);
export const step = (line) => say(`· ${line}`);

/**
 * A progress bar. On a terminal it redraws itself; elsewhere it prints a line at every tenth.
 * update(fraction 0…1, note) as often as you like; finish() leaves one closing line.
 */
export function progressBar(label, { quietMs = 2000, tenths = true } = {}) {
  const started = Date.now();
  let fraction = 0;
  let note = '';
  let tenthPrinted = 0;
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const draw = () => {
    if (Date.now() - started < quietMs) return;
    const full = Math.round(fraction * WIDTH);
    const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
    process.stdout.write(`${ERASE_LINE}  ${bar} ${Math.floor(fraction * 100)} %  ${label}  ${note ? `${note}  ` : ''}${seconds()}`);
  };
  const timer = terminal ? setInterval(draw, 200) : undefined;
  return {
    update(next, nextNote = '') {
      fraction = Math.min(1, Math.max(fraction, next));
      note = nextNote;
      const tenth = Math.floor(fraction * 10);
      if (!terminal && tenths && tenth > tenthPrinted && tenth < 10 && Date.now() - started >= quietMs) say(`  ${label}: ${tenth * 10} %`);
      tenthPrinted = Math.max(tenth, tenthPrinted);
    },
    finish(closing) {
      clearInterval(timer);
      if (terminal) process.stdout.write(ERASE_LINE);
      if (closing) step(`${closing} (${seconds()})`);
    },
  };
}

/**
 * Runs work behind a bar and returns what the work returns. Without `fraction()` (0…1) its length is only guessed: the bar
 * nears its end as the expected time passes, and off a terminal nothing is printed, because a guess is no news.
 */
export async function during(label, expectedMs, work, { fraction, closing } = {}) {
  const bar = progressBar(label, { tenths: fraction !== undefined });
  const started = Date.now();
  const guess = fraction ?? (() => 1 - Math.exp((-2 * (Date.now() - started)) / expectedMs));
  const timer = setInterval(() => bar.update(Math.min(0.95, guess())), 250);
  try {
    const result = await work(bar);
    clearInterval(timer);
    bar.finish(closing);
    return result;
  } catch (error) {
    clearInterval(timer);
    bar.finish();
    throw error;
  }
}

/** Runs a command's body; a told error becomes its sentence and exit code 1. */
export async function main(body) {
  try {
    process.exitCode = (await body()) ?? process.exitCode ?? 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Told ? error.message : (error?.stack ?? error)}\n`);
    process.exitCode = 1;
  }
}

/** Refuses an older Node with a sentence instead of a syntax error somewhere. */
export function assertNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new Told(`Lupa needs Node.js 20.19 or newer; this is ${process.versions.node}.`);
}
