import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { ServiceLog } from './service-log.js';
import { waitFor } from './wait-for.js';

/** The compiled code this test belongs to: a copy of it, too, runs its own services. */
const DIST = fileURLToPath(new URL('../../', import.meta.url));
const PROFILE = fileURLToPath(new URL('../config/confetti.json', new URL('../../', import.meta.url)));

/** One of the two services as a process of its own, so that it can be killed as a power cut would. */
export class ServiceProcess {
  private readonly log: ServiceLog;
  private child: ChildProcess | undefined;
  /** What it runs in, and its commands. */
  readonly environment: NodeJS.ProcessEnv;

  constructor(readonly name: 'register' | 'marketing', readonly url: string, environment: Readonly<Record<string, string>>) {
    this.log = new ServiceLog(name);
    this.environment = { PATH: process.env['PATH'], REGISTER_PROFILE: PROFILE, ...environment };
  }

  /** Everything it has written, of all its lives. */
  get output(): readonly string[] {
    return this.log.lines;
  }

  /** Resolves when it answers. */
  async start(): Promise<void> {
    this.spawn();
    await this.ready();
  }

  /** Starts it without waiting. */
  spawn(): void {
    const child = spawn(process.execPath, [`${DIST}apps/${this.name}/src/main.js`], { env: this.environment, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { this.log.write(chunk.toString('utf8')); });
    this.child = child;
  }

  async ready(): Promise<void> {
    await waitFor(`${this.name} to answer`, async () => {
      if (this.child?.exitCode !== null) throw new Error(`${this.name} ended while starting: ${this.output.slice(-3).join('')}`);
      return fetch(`${this.url}/health/live`).then(({ ok }) => ok, () => false);
    }, 45_000);
  }

  /** kill -9; resolves when it is gone. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
  }

  /** Stops it where it is, or lets it go on. */
  freeze(frozen: boolean): void {
    this.child?.kill(frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  /** An operator command of this service, in its environment. */
  command(...args: readonly string[]): void {
    const { status, stderr } = spawnSync(process.execPath, [`${DIST}apps/${this.name}/src/cli.js`, ...args], { env: this.environment, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`);
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    child.kill('SIGCONT'); // one that a failed test has left frozen would wait for ever
    await gone;
  }
}
