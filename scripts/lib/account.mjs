// PostgreSQL and RabbitMQ refuse to run as root. When root starts us, they get an unprivileged account and a folder of its own.
import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cloneId } from './paths.mjs';
import { Told, step } from './say.mjs';

export const isRoot = () => process.getuid?.() === 0;

/** The first account of these names: { name, uid, gid }, or {} when we are not root and simply stay who we are. */
export function accountOf(names) {
  if (!isRoot()) return {};
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  for (const wanted of [...names, 'nobody']) {
    const found = lines.find(([name]) => name === wanted);
    if (found) return { name: wanted, uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw new Told('Neither PostgreSQL nor RabbitMQ runs as root, and this machine has no account "nobody". Start as another user.');
}

const canEnter = (folder, { uid, gid }) =>
  uid === undefined || spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', folder], { uid, gid, cwd: '/' }).status === 0;

export const TITLES = { postgres: 'PostgreSQL', rabbitmq: 'RabbitMQ' };

/**
 * The folder of one service's data, owned by its account: below .lupa/<profile>/, or below the system's temporary folder when
 * the account cannot enter the clone (a clone in /root, whose mode is 0700). Says so once when `aloud`.
 */
export function dataFolder(paths, service, account, { aloud = false } = {}) {
  let parent = join(paths.root, 'data');
  if (!canEnter(paths.root, account)) {
    parent = join(tmpdir(), `lupa-${cloneId}`, paths.profile);
    if (aloud) step(`User ${account.name} may not enter ${paths.root}, so ${TITLES[service]} keeps its data in ${join(parent, service)}.`);
    ownFolder(join(tmpdir(), `lupa-${cloneId}`), process.getuid());
  }
  mkdirSync(parent, { recursive: true, mode: 0o755 });
  const folder = join(parent, service);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  give(folder, account, 0o700);
  return folder;
}

/** A folder in a place where anybody may write must be ours, or somebody else laid it there for us. */
function ownFolder(folder, uid) {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const seen = lstatSync(folder);
  if (!seen.isDirectory() || seen.uid !== uid) throw new Told(`${folder} belongs to somebody else. Remove it, then start again.`);
}

/** Hands a file or folder to the account (a no-op when we are not root) and sets its mode. */
export function give(path, { uid, gid }, mode) {
  if (uid !== undefined) chownSync(path, uid, gid);
  chmodSync(path, mode);
}
