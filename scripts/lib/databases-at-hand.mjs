// For commands that need the servers and not the services: those that run are used, others run only for as long as it takes.
import { Told } from './say.mjs';
import { ensureServices, stopServices } from './services.mjs';

const keeper = 'visitor';

/** Calls `work(environment)`. With `own`, the environment of this command is used as it is, and nothing is started. */
export async function withServers(paths, own, work) {
  if (own) {
    const missing = ['REGISTER_DATABASE_URL', 'MARKETING_DATABASE_URL'].filter((name) => !process.env[name]);
    if (missing.length > 0) throw new Told(`${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} not set.`);
    return work(process.env);
  }
  const environment = await ensureServices(paths, { keeper });
  try {
    return await work(environment);
  } finally {
    await stopServices(paths, { keeper });
  }
}
