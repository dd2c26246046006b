import { randomUUID } from 'node:crypto';
import { decision, type TestRegister } from '#test/support/register.js';

/** One row at least in every table that can hold somebody, of somebody with email and phone; the profile names a recipient `party-house`. */
export async function everythingThatCanHappen(register: TestRegister, id: string): Promise<void> {
  const ok = async (method: string, path: string, body?: object): Promise<Record<string, unknown>> => {
    const answer = await register.call(method, path, body === undefined ? {} : { body });
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.status} ${String(answer.body['type'])}`);
    return answer.body;
  };
  const at = `/v1/customers/${id}`;
  const evidence = { decidedAt: new Date().toISOString(), method: 'account-settings', sourceSystem: 'web-shop' };
  const { headers } = await register.call('GET', at);
  await register.call('PATCH', at, { body: { contact: { email: `${randomUUID()}@example.fi` } }, headers: { 'if-match': headers.get('etag') ?? '' } });
  await ok('PUT', `${at}/objection`, evidence);
  await ok('PUT', `${at}/consents/marketing/post`, { ...decision(), decidedAt: new Date().toISOString(), method: 'account-settings' });
  await register.database.query(`
    INSERT INTO guardian_consent (customer_id, decision, decided_at, source_system, actor) VALUES ('${id}', 'withdrawn', now(), 'web-shop', 'shop');
    INSERT INTO disclosure_consent_record (customer_id, recipient, purpose, decision, decided_at, in_effect, method, source_system, actor)
      VALUES ('${id}', 'party-house', 'partner-offers', 'withdrawn', now(), true, 'paper', 'web-shop', 'aino.manager');
    INSERT INTO disclosure_notice (customer_id, recipient, purpose, sent_at, sent_by, actor) VALUES ('${id}', 'party-house', 'partner-offers', now(), 'email', 'shop');
    WITH made AS (
      INSERT INTO disclosure (id, customer_id, recipient, purpose, fields, legal_basis, consent_id, notice_id, actor, actor_kind)
      VALUES (gen_random_uuid(), '${id}', 'party-house', 'partner-offers', '{contact.email,contact.address}', 'consent', 1, 1, 'dpo', 'staff') RETURNING id)
    INSERT INTO recipient_notice (recipient, disclosure_id, kind, fields) SELECT 'party-house', id, 'correction', '{contact.email}' FROM made`);
  await ok('POST', `${at}/requests`, { kind: 'access', receivedBy: 'email' });
  await ok('PUT', `${at}/legal-hold`, { reason: 'claim', owner: 'legal', reviewAt: new Date(Date.now() + 86_400_000).toISOString() });
  await ok('GET', at);
}
