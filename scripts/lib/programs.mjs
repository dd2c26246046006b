// Finds installed server programs: on the PATH and in the places where Debian and Homebrew hide them.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const BREW = ['/opt/homebrew', '/usr/local', '/home/linuxbrew/.linuxbrew'];

const isProgram = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const entries = (folder) => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const searchPath = () => (process.env.PATH ?? '').split(delimiter).filter(Boolean);

/** Full path of a program on the PATH or in a few usual places besides, or undefined. */
export const findProgram = (name, besides = []) =>
  [...searchPath(), ...besides, ...BREW.map((brew) => join(brew, 'bin')), '/usr/bin', '/usr/sbin']
    .map((folder) => join(folder, name))
    .find(isProgram);

const majorOf = (folder) =>
  Number(/(\d+)/.exec(spawnSync(join(folder, 'postgres'), ['--version'], { encoding: 'utf8' }).stdout ?? '')?.[1] ?? 0);

/**
 * The folder of a PostgreSQL with initdb, postgres and psql, newest first; `major` asks for the one that a data folder was
 * made with, because a newer server cannot open it.
 */
export function findPostgres(major) {
  const debian = entries('/usr/lib/postgresql')
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join('/usr/lib/postgresql', version, 'bin'));
  const brew = BREW.flatMap((root) =>
    entries(join(root, 'opt')).filter((name) => /^postgresql(@\d+)?$/.test(name)).map((name) => join(root, 'opt', name, 'bin')),
  );
  const rest = ['/usr/pgsql-18/bin', '/usr/pgsql-17/bin', ...searchPath()];
  const usable = [...debian, ...brew, ...rest].filter((folder) =>
    ['initdb', 'postgres', 'psql'].every((name) => isProgram(join(folder, name))),
  );
  return major ? usable.find((folder) => majorOf(folder) === major) : usable[0];
}

const readText = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** The RabbitMQ server script itself, not Debian's wrapper, which insists on user rabbitmq and system folders. */
export function findRabbit() {
  const inOpt = BREW.map((root) => join(root, 'opt/rabbitmq/sbin/rabbitmq-server'));
  const onPath = searchPath().map((folder) => join(folder, 'rabbitmq-server')).filter((file) => !isDebianWrapper(file));
  const server = ['/usr/lib/rabbitmq/bin/rabbitmq-server', ...inOpt, ...onPath].find(isProgram);
  return server && findProgram('erl') ? server : undefined;
}

const isDebianWrapper = (file) => isProgram(file) && readText(file).includes('su rabbitmq');
