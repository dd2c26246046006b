import { createPublicKey, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QUEUES } from '#messaging/topology.js';
import { KeyRing } from '#register/access/key-ring.service.js';
import { hashPassword } from '#register/access/passwords.service.js';
import { CUSTOMER_SCOPES, ROLE_SCOPES } from '#register/access/roles.js';
import { Opened } from '#test/messaging/support.js';
import { decision, newCustomer, startTestRegister, type TestRegister } from '#test/support/register.js';
import { tokenMintOf } from '#test/support/token-mint.js';
import { describeMatrix } from './matrix.js';
import { ROLES } from './callers.js';
import { routesOf } from './routes.js';
import { NOBODY, type Stage } from './stage.js';

const PUBLIC_KEYS = 'public keys are for everybody';
const SHAPE = 'the shape of a document that people hold, and nobody’s data';
const OPEN = {
  'POST /v1/token': 'where programs get their token, for their secret',
  'POST /v1/staff/token': 'where staff get theirs, for their password',
  'GET /.well-known/jwks.json': PUBLIC_KEYS,
  'GET /.well-known/lupa-certificate-keys.json': PUBLIC_KEYS,
  'GET /v1/schemas/erasure-certificate': SHAPE,
  'GET /v1/schemas/bundle': SHAPE,
};
/** No decision on a person by a program alone (GDPR Art. 22). */
const JUDGED = { 'POST /v1/erasures/:caseId/appeal/decision': 'whether she abused the shop' };
/** Their answers have fields of that name, and no customer in them. */
const OF_THE_SHOP = { 'GET /v1/erasures/:caseId/certificate': 'the email address is the controller’s' };
const PASSWORD = 'oikea hevonen paristo';

let register: TestRegister;
const marketing = new Opened();
const folder = mkdtempSync(join(tmpdir(), 'lupa-profile-'));
afterAll(async () => {
  await marketing.closeAll();
  await register.stop();
  rmSync(folder, { recursive: true });
});

await describeMatrix('register', { withoutToken: OPEN, withoutLog: OF_THE_SHOP, byPersonsOnly: JUDGED }, async (): Promise<Stage> => {
  const profile = JSON.parse(readFileSync('config/confetti.json', 'utf8')) as { purposes: object[]; recipients: object[] };
  profile.purposes.push({ code: 'partner-offers', legalBasis: 'consent', retention: 'P2Y', recipients: ['party-house'] });
  profile.recipients = [{ id: 'party-house', name: 'Juhlatalo Oy', country: 'FI', place: 'outside', purposes: ['partner-offers'] }];
  writeFileSync(join(folder, 'profile.json'), JSON.stringify(profile));
  register = await startTestRegister('matrix', { REGISTER_PROFILE: join(folder, 'profile.json') });
  marketing.server(marketing.connection(register.vhost.url, 'fake-marketing'), [], {
    'person.held.get': () => Promise.resolve({ schema: 'person.held.v1', state: null, contact: null, snapshots: [], parked: [], exports: [], reads: [], next: null }),
  }, QUEUES.marketingRpc);
  const tag = randomUUID().slice(0, 8);
  const marker = `marker${tag}`;
  const { kid, privateKey } = await register.app.get(KeyRing, { strict: false }).signer();
  const hash = await hashPassword(PASSWORD);
  await register.database.query('INSERT INTO staff (username, password_hash, roles) SELECT role, $1, ARRAY[role] FROM unnest($2::text[]) AS role', [hash, ROLES]);

  const said = async (method: string, path: string, body: object | undefined, token?: string): Promise<void> => {
    const { status } = await register.call(method, path, { ...(body === undefined ? {} : { body }), ...(token === undefined ? {} : { token }) });
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}`);
  };
  const create = async (over: object = {}): Promise<string> => String((await register.call('POST', '/v1/customers', { body: newCustomer(over as Record<string, unknown>) })).body['id']);
  const tokenOf = async (id: string): Promise<string> => String((await register.call('POST', `/v1/customers/${id}/token`)).body['access_token']);
  const id = await create({
    contact: { firstName: marker, lastName: marker, email: `${marker}@example.fi`, phone: '+358451206627' },
    consents: [{ purpose: 'marketing', channel: 'email', ...decision({ form: `/form-${tag}` }) }],
  });
  const requestId = String((await register.call('POST', `/v1/customers/${id}/requests`, { body: { kind: 'access', receivedBy: 'email' } })).body['id']);
  await said('POST', `/v1/requests/${requestId}/steps`, { step: 'asked-person', note: `note-${tag}` });
  await said('PUT', `/v1/customers/${id}/legal-hold`, { reason: 'fraud-investigation', owner: `owner-${tag}`, reviewAt: new Date(Date.now() + 86_400_000).toISOString() });
  await said('PUT', `/v1/customers/${id}/disclosure-consents/party-house/partner-offers`, decision({ decision: 'withdrawn', wording: undefined, form: `/party-${tag}` }));
  await said('GET', `/v1/customers/${id}`, undefined, await register.token({ subject: `reader-${tag}` }));
  const caseId = String((await register.call('DELETE', `/v1/customers/${await create()}`)).body['caseId']);

  return {
    app: register.app,
    mint: await tokenMintOf(kid, privateKey, createPublicKey(privateKey)),
    databaseUrls: [register.databaseUrl, register.erasureLogUrl],
    victim: {
      id, token: await tokenOf(id), markers: [marker],
      secrets: {
        [`/form-${tag}`]: ['consents:read'], [`/party-${tag}`]: ['disclosures:read'], [`note-${tag}`]: ['requests:read'], [`owner-${tag}`]: ['holds:read'], [`reader-${tag}`]: ['access-log:read'],
      },
      body: { customerId: id, email: `${marker}@example.fi` },
      things: [
        ['/v1/', { requestId, caseId, noticeId: NOBODY, purpose: 'marketing', channel: 'email', recipient: 'party-house' }],
        ['/v1/customers/', { id }], ['/v1/wordings/', { id: 'newsletter', version: '1', language: 'fi' }],
      ],
    },
    staff: async (role) => String((await register.call('POST', '/v1/staff/token', { body: { username: role, password: PASSWORD } })).body['access_token']),
    readsOfVictim: async () => (await register.database.query<{ route: string }[]>('SELECT route FROM access_log WHERE customer_id = $1 ORDER BY id', [id])).map(({ route }) => route),
    customer: async () => {
      const made = await create();
      return { id: made, token: await tokenOf(made) };
    },
  };
});

describe('in the register', () => {
  const reachedWith = async (scopes: readonly string[]): Promise<string[]> =>
    (await routesOf('register')).filter((route) => !route.isPublic && route.scopes.every((scope) => scopes.includes(scope))).map(({ path }) => path);

  it.each(['marketing', 'admin'] as const)('%s reaches wordings, and no person', async (role) => {
    expect([...new Set(await reachedWith(ROLE_SCOPES[role]))]).toEqual(['/v1/wordings', '/v1/wordings/:id/:version/:language']);
  });

  it('nobody of staff gets the token of a customer', async () => {
    expect(await reachedWith(Object.values(ROLE_SCOPES).flat())).not.toContain('/v1/customers/:id/token');
  });

  it('a customer is somebody in the path, by one name', async () => {
    const own = (await routesOf('register')).filter(({ ownCustomer }) => ownCustomer !== undefined);
    expect(own.filter(({ path, ownCustomer }) => ownCustomer !== 'id' || !path.startsWith('/v1/customers/:id'))).toEqual([]);
    expect(own.flatMap(({ scopes }) => scopes).filter((scope) => !(CUSTOMER_SCOPES as readonly string[]).includes(scope))).toEqual([]);
  });

  it('the bundle opens to whoever may read each of its parts', async () => {
    const reads = (await routesOf('register')).filter(({ method, ownCustomer }) => method === 'GET' && ownCustomer !== undefined);
    const parts = new Set(reads.flatMap(({ scopes }) => scopes).filter((scope) => scope.endsWith(':read')));
    expect(new Set(reads.find(({ path }) => path.endsWith('/bundle'))?.scopes)).toEqual(parts);
  });
});
