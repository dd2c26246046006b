// The pair and its servers as processes that can be killed.
import { join } from 'node:path';
import { APPS, environmentOf } from '../lib/apps.mjs';
import { readJson } from '../lib/json-file.mjs';
import { PROJECT, inProject } from '../lib/paths.mjs';
import { startPostgres } from '../lib/postgres.mjs';
import { send, stopProcess, until } from '../lib/processes.mjs';
import { startRabbit } from '../lib/rabbitmq.mjs';
import { forget, record, recorded, running } from '../lib/run-files.mjs';
import { Told } from '../lib/say.mjs';
import { profileSecrets } from '../lib/secrets.mjs';
import { startServer } from '../lib/server-process.mjs';
import { stopServices } from '../lib/services.mjs';
import { runTool } from '../lib/tools.mjs';

const STARTERS = {
  rabbitmq: (paths, options) => startRabbit(paths, options),
  postgres: (paths, { ports, ...rest }) => startPostgres(paths, { port: ports.postgres, ...rest }),
};
const keeper = 'launcher';

export class Stage {
  constructor(paths, environment) {
    Object.assign(this, { paths, environment });
    this.registerUrl = `http://127.0.0.1:${environment.REGISTER_PORT}`;
    this.marketingUrl = `http://127.0.0.1:${environment.MARKETING_PORT}`;
  }

  /** Runs a compiled command of a service in its environment; throws when it fails. */
  async run(name, file, args, input) {
    const { code, output, errors } = await runTool(process.execPath, [inProject(file), ...args], {
      env: environmentOf(APPS[name], this.environment), ...(input ? { input: `${input}\n` } : {}),
    });
    if (code !== 0) throw new Told(`${file} ${args[0]} failed:\n${errors || output}`);
  }

  start(name) {
    const child = startServer(process.execPath, ['--enable-source-maps', inProject(APPS[name].entry)], {
      account: {}, cwd: PROJECT, env: environmentOf(APPS[name], this.environment), log: join(this.paths.logs, `${name}.log`),
    });
    if (child.pid) record(this.paths, name, child.pid, { keeper });
  }

  async ready(name) {
    const url = `${name === 'register' ? this.registerUrl : this.marketingUrl}/health/live`;
    const isUp = await until(() => fetch(url, { signal: AbortSignal.timeout(1000) }).then((response) => response.ok, () => false), 60_000, 100);
    if (!isUp) throw new Told(`The ${name} service is not up after a minute. Its log: ${join(this.paths.logs, `${name}.log`)}`);
  }

  /** kill -9, and back when it is really gone. */
  async kill(name) {
    if (name in STARTERS) await stopServices(this.paths, { only: [name], signal: 'SIGKILL' });
    else await stopProcess(recorded(this.paths, name), { signal: 'SIGKILL' });
  }

  /** Starts what was killed. Servers answer when this resolves; our services have only just been started. */
  async revive(name) {
    if (name in STARTERS) await STARTERS[name](this.paths, { ports: readJson(this.paths.ports), secrets: profileSecrets(this.paths), keeper });
    else this.start(name);
  }

  /** A service of ours that fell by itself since the last look: a failure of its own. */
  fallen() {
    return Object.keys(APPS).filter((name) => !running(this.paths, name));
  }

  signal(name, signal) {
    send(recorded(this.paths, name).pid, signal);
  }

  async stop() {
    for (const name of Object.keys(APPS)) {
      if (recorded(this.paths, name)) await stopProcess(recorded(this.paths, name), { patienceMs: 12_000 });
      forget(this.paths, name);
    }
    await stopServices(this.paths, { keeper });
  }

  /** The management interface of the broker: parsed answer, or undefined when it refuses or is away. */
  async management(method, path, body) {
    const url = new URL(this.environment.RABBITMQ_MANAGEMENT_URL);
    const authorization = `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`;
    const response = await fetch(`${url.origin}/api${path}`, {
      method, headers: { authorization, 'content-type': 'application/json' }, ...(body ? { body: JSON.stringify(body) } : {}), signal: AbortSignal.timeout(5000),
    }).catch(() => undefined);
    const text = await response?.text();
    return response?.ok && text ? JSON.parse(text) : undefined;
  }
}
