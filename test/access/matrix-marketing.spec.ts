import { randomUUID } from 'node:crypto';
import { CUSTOMER_SCOPES, ROLE_SCOPES, scopesOf } from '#register/access/roles.js';
import { changed, person } from '#test/marketing/fake-register.js';
import { RunningMarketing } from '#test/marketing/running-marketing.js';
import { waitFor } from '#test/support/wait-for.js';
import { SCOPES } from '#auth/scopes.js';
import { describeMatrix } from './matrix.js';
import { routesOf } from './routes.js';
import type { Stage } from './stage.js';

const OPEN = { 'GET /.well-known/lupa-statement-keys.json': 'public keys are for everybody' };

/** What marketing is there for; each handing out is in the record of exports. */
const LISTS = {
  'GET /v1/exports/:id/content': 'an export, in the record of exports',
  'GET /v1/exports/:id/removals': 'references of people that are to be removed',
  'GET /v1/recipients/:id/corrections': 'references of people who are to be corrected',
  'GET /v1/recipients/:id/removals': 'references of people that are to be removed',
};

let marketing: RunningMarketing;
afterAll(() => marketing.close());

await describeMatrix('marketing', { withoutToken: OPEN, withoutLog: LISTS, byPersonsOnly: {} }, async (): Promise<Stage> => {
  marketing = await RunningMarketing.prepare('matrix');
  const ref = randomUUID();
  marketing.register.people.set(ref, person(ref, [1, 1], ['email', 'post']));
  marketing.register.come();
  const app = await marketing.start();
  await marketing.register.tell(changed(ref, [1, 1], ['email', 'post']));
  await waitFor('the person', () => marketing.held(ref));
  await marketing.open();

  const made = async (path: string, body: object): Promise<string> => {
    const { status, body: answer } = await marketing.request('POST', path, body, SCOPES);
    if (status !== 201) throw new Error(`${path} answered ${status}`);
    return String(answer['id']);
  };
  const segment = await made('/v1/segments', { name: 'Everybody', channel: 'email', filter: {} });
  const snapshot = await made('/v1/snapshots', { name: 'Everybody', channel: 'email', filter: {} });
  const exported = await made('/v1/exports', { channel: 'email', recipient: 'mailchimp', purpose: 'marketing', filter: {} });
  const customer = async (): Promise<{ id: string; token: string }> => {
    const id = randomUUID();
    return { id, token: await marketing.tokens.mint({ kind: 'customer', subject: id, scopes: CUSTOMER_SCOPES }) };
  };

  return {
    app,
    mint: marketing.tokens,
    databaseUrls: [marketing.config.databaseUrl],
    victim: {
      ...(await customer()), markers: [ref, `arker-first-${ref.slice(0, 8)}`, `arker-${ref.slice(0, 8)}@example.fi`],
      secrets: { [`arker-first-${ref.slice(0, 8)}`]: ['audience:query', 'exports:write'] },
      body: { ref },
      things: [
        ['/v1/segments/', { id: segment, version: '1' }], ['/v1/snapshots/', { id: snapshot }], ['/v1/exports/', { id: exported }], ['/v1/recipients/', { id: 'mailchimp' }],
      ],
    },
    staff: (role) => marketing.tokens.mint({ kind: 'staff', subject: role, roles: [role], scopes: scopesOf([role]) }),
    customer,
    readsOfVictim: async () => (await marketing.database.query<{ route: string }[]>(
      'SELECT route FROM person_read WHERE ref = $1 OR (SELECT slot FROM ref_state WHERE ref = $1) = ANY (slots) ORDER BY id', [ref])).map(({ route }) => route),
  };
});

describe('in marketing', () => {
  it('staff of the register, and customers, reach nothing', async () => {
    const reached = (await routesOf('marketing')).filter(({ isPublic, scopes, ownCustomer }) =>
      !isPublic && (ownCustomer !== undefined || scopes.every((scope) => (ROLE_SCOPES['register-staff'] as readonly string[]).includes(scope))));
    expect(reached).toEqual([]);
  });

  it.each(['/v1/audience/query', '/v1/audience/check', '/v1/exports/:id/content'])('%s is for the role marketing alone', async (path) => {
    const [route] = (await routesOf('marketing')).filter((each) => each.path === path);
    expect(Object.entries(ROLE_SCOPES).filter(([, held]) => route!.scopes.every((scope) => (held as readonly string[]).includes(scope))).map(([role]) => role)).toEqual(['marketing']);
  });
});
