// Demo programs, demo staff and the made-up sample, for an empty register only.
import { randomBytes } from 'node:crypto';
import { APPS, environmentOf } from './apps.mjs';
import { readJson, writeJson } from './json-file.mjs';
import { inProject } from './paths.mjs';
import { Told, during, progressBar, say, step } from './say.mjs';
import { programToken, staffToken } from './tokens.mjs';
import { runTool } from './tools.mjs';

const SAMPLE = { count: 2000, seed: 20_260_101 };
const secret = (bytes) => randomBytes(bytes).toString('base64url');

const PROGRAMS = {
  shop: {
    id: 'web-shop',
    scopes: 'customers:read,customers:write,customers:search,consents:read,consents:write,wordings:read,erasures:read,erasures:write,customer-tokens:mint',
  },
  loader: {
    id: 'sample-loader',
    scopes: 'customers:read,customers:write,customers:search,consents:read,consents:write,wordings:read,wordings:write',
  },
  mailer: { id: 'mailing-tool', scopes: 'audience:query,audience:count,audience:check,exports:read,exports:write,removals:read,growth:read,freshness:read' },
};
const STAFF = { register: 'register-staff', marketing: 'marketing', protection: 'data-protection', admin: 'admin' };

/** The demo's names and secrets; makes them when the register is empty. Undefined for a register with customers of its own. */
export async function ensureDemo(paths, environment) {
  const kept = readJson(paths.demo);
  if (kept) return kept;
  if (await hasCustomers(environment.REGISTER_DATABASE_URL)) {
    step('The register holds customers already: no demo users and no sample');
    return undefined;
  }
  const demo = {
    programs: Object.fromEntries(Object.entries(PROGRAMS).map(([key, { id }]) => [key, { id, secret: secret(24) }])),
    staff: Object.fromEntries(Object.entries(STAFF).map(([key, role]) => [key, { username: role, password: secret(12) }])),
    sample: 'wanted',
  };
  const register = (args, input) => operate(environment, args, input);
  await during('making demo users', 8000, async () => {
    for (const [key, { id, scopes }] of Object.entries(PROGRAMS)) {
      await register(['program:create', '--id', id, '--scopes', scopes, '--secret-stdin'], demo.programs[key].secret);
    }
    for (const [key, role] of Object.entries(STAFF)) {
      await register(['staff:create', '--username', role, '--roles', role], demo.staff[key].password);
    }
  });
  writeJson(paths.demo, demo);
  step(`Made demo programs and demo staff (secrets in ${paths.demo})`);
  return demo;
}

/** Loads the sample through the REST API and plays the main job, once. A load that was cut short goes on where it stopped. */
export async function playDemo(paths, environment, demo) {
  if (!demo || demo.sample === 'loaded') return;
  const { loadSample } = await import('../sample/load.mjs');
  const { playMainJob } = await import('../sample/main-job.mjs');
  const registerUrl = `http://127.0.0.1:${environment.REGISTER_PORT}`;
  const marketingUrl = `http://127.0.0.1:${environment.MARKETING_PORT}`;
  const tokenOf = (program) => () => programToken(registerUrl, program);
  const { programs, staff } = demo;
  const what = `${SAMPLE.count.toLocaleString('en-GB')} made-up customers through the REST API`;
  step(demo.sample === 'wanted' ? `The register is empty: loading ${what}` : `The sample was cut short: going on with ${what}`);
  writeJson(paths.demo, { ...demo, sample: 'loading' });
  await withBar('loading the sample', async (bar) => {
    const onProgress = (done, total) => bar.update(done / total, `${done} of ${total}`);
    const { consenting, seconds } = await loadSample({ registerUrl, token: tokenOf(programs.loader), ...SAMPLE, onProgress });
    return `Loaded the sample: ${consenting.toLocaleString('en-GB')} of them consented to some marketing; ${Math.round(SAMPLE.count / seconds)} customers a second`;
  });
  say();
  say('The main job, played once:');
  await playMainJob({
    registerUrl,
    marketingUrl,
    shopToken: tokenOf(programs.shop),
    staffToken: () => staffToken(registerUrl, staff.protection),
    marketingToken: () => staffToken(registerUrl, staff.marketing),
    print: say,
  });
  writeJson(paths.demo, { ...demo, sample: 'loaded' });
}

/** A bar around the work; the sentence that the work returns closes it. */
async function withBar(label, work) {
  const bar = progressBar(label, { quietMs: 0 });
  let closing;
  try {
    closing = await work(bar);
  } finally {
    bar.finish(closing);
  }
}

async function operate(environment, args, input) {
  const cli = inProject('dist/apps/register/src/cli.js');
  const { code, output, errors } = await runTool(process.execPath, [cli, ...args], { env: environmentOf(APPS.register, environment), input: `${input}\n` });
  if (code !== 0) throw new Told(`${args[0]} failed:\n${errors || output}`);
}

async function hasCustomers(url) {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query('SELECT EXISTS (SELECT 1 FROM customer) AS found');
    return rows[0].found;
  } finally {
    await client.end();
  }
}
