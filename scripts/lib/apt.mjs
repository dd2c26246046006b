// Installs missing servers from the distribution's own packages on Debian and Ubuntu, as root or through sudo.
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, closeSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isRoot } from './account.mjs';
import { openLog } from './server-process.mjs';
import { Told, progressBar, say, step } from './say.mjs';

const asAdministrator = (...command) => (isRoot() ? command : ['sudo', ...(process.stdin.isTTY ? [] : ['-n']), ...command]);

/** True on Debian and its children, when we are root or may become it. */
export function canInstall() {
  if (!existsSync('/etc/debian_version') || !existsSync('/usr/bin/apt-get')) return false;
  if (isRoot()) return true;
  if (process.stdin.isTTY) return spawnSync('sudo', ['--version'], { stdio: 'ignore' }).status === 0;
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
}

// The packages start system-wide servers of their own. Nobody asked for those: a policy file (invoke-rc.d(8)) keeps them
// down during the installation, and they are disabled afterwards so that the next boot does not start them either.
// apt's status lines leave through our standard output (sudo would close a descriptor above 2), all else through the error output.
const script = (packages, services) => `
set -u
export DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=a LC_ALL=C
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\\nexit 101\\n' > "$policy" && chmod 755 "$policy"
fi
apt-get update -q || echo 'apt-get update failed; going on with the package lists at hand'
apt-get install -q -y --no-install-recommends -o APT::Status-Fd=3 -o Dpkg::Use-Pty=0 -o Dpkg::Options::=--force-confold ${packages.join(' ')} 3>&1 1>&2 || exit 1
if command -v systemctl > /dev/null; then
  systemctl disable ${services.join(' ')} || true
fi
`;

const SERVICES = { postgresql: ['postgresql'], 'rabbitmq-server': ['rabbitmq-server', 'epmd.socket', 'epmd.service'] };

/** Installs the packages; says so before, shows how far it is, and keeps what apt printed in `logs/apt.log`. */
export async function install(paths, packages) {
  const log = join(paths.logs, 'apt.log');
  step(`Installing ${packages.join(' and ')} with apt-get${isRoot() ? '' : ' through sudo'} (what it prints goes to ${log})`);
  if (!isRoot() && process.stdin.isTTY && spawnSync('sudo', ['-v'], { stdio: 'inherit' }).status !== 0) {
    throw new Told('Without sudo nothing can be installed.');
  }
  const [program, ...args] = asAdministrator('/bin/sh', '-c', script(packages, packages.flatMap((name) => SERVICES[name])));
  const output = openLog(log);
  const bar = progressBar(`installing ${packages.join(', ')}`);
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', output], cwd: '/' });
  const ended = new Promise((resolve) => child.once('error', () => resolve(1)).once('exit', (code) => resolve(code ?? 1)));
  for await (const line of createInterface({ input: child.stdout })) {
    // Two runs from 0 to 100: the downloads, then unpacking and setting up.
    const [, kind, percent] = /^(dl|pm)status:[^:]*:([\d.]+):/.exec(line) ?? [];
    if (kind) bar.update(kind === 'dl' ? 0.05 + (0.45 * percent) / 100 : 0.5 + (0.5 * percent) / 100);
    else appendFileSync(log, `${line}\n`);
  }
  const code = await ended;
  closeSync(output);
  bar.finish(code === 0 ? `Installed ${packages.join(' and ')}` : undefined);
  if (code !== 0) {
    say();
    throw new Told(`apt-get could not install ${packages.join(' and ')}. Its last words are in ${log}.`);
  }
}
