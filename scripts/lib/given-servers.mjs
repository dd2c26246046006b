// Servers that somebody names in the environment of `npm start`.
import { answers } from './ports.mjs';
import { Told } from './say.mjs';

/** Only `npm start` itself looks at the environment: tests and trials must never meet somebody's real data. */
export function fromEnvironment(service, paths) {
  if (paths.profile !== 'dev') return undefined;
  const given = service.variables.filter((name) => process.env[name]);
  if (given.length === 0) return undefined;
  if (given.length < service.variables.length) {
    throw new Told(`${given.join(', ')} is set, but ${service.variables.filter((name) => !process.env[name]).join(', ')} is not. Set all of them or none.`);
  }
  return Object.fromEntries(given.map((name) => [name, process.env[name]]));
}

/** @throws Told naming the variable whose server does not answer */
export async function assertAnswers(service, addresses) {
  for (const [name, address] of Object.entries(addresses)) {
    if (!URL.canParse(address)) throw new Told(`${name} is no address.`);
    const { hostname, port, protocol } = new URL(address);
    const usual = { 'amqp:': 5672, 'amqps:': 5671 }[protocol] ?? 5432;
    if (!(await answers(Number(port || usual), hostname))) throw new Told(`${service.title} does not answer at ${hostname}:${port || usual}, which ${name} names.`);
  }
}
