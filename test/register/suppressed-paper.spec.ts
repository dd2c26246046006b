import { jest } from '@jest/globals';
import { randomInt, randomUUID } from 'node:crypto';
import { Suppressions } from '#register/suppression/suppressions.service.js';
import { projected } from '#test/support/projected.js';
import { decision, startTestRegister, type TestRegister } from '#test/support/register.js';
import { waitFor } from '#test/support/wait-for.js';

jest.setTimeout(60_000);

let register: TestRegister;
beforeAll(async () => { register = await startTestRegister('paper'); });
afterAll(async () => { await register.stop(); });

const grant = (over: object = {}): object => ({ purpose: 'marketing', channel: 'post', ...decision({ decidedAt: '2026-05-04T12:30:00Z', ...over }) });
const now = (over: object = {}): object => grant({ decidedAt: new Date().toISOString(), ...over });
const addresses = () => ({ email: `${randomUUID()}@example.fi`, phone: `+35840${String(randomInt(1_000_000, 9_999_999))}` });
const NOBODY = { email: null, phone: null, first_name: null, last_name: null, street_address: null, postal_code: null };
const somebody = () => ({ firstName: 'Aino', lastName: `V${randomUUID()}`, address: { street: 'Mäkitie 4 A', postalCode: '04300', city: 'Tuusula' } });
const post = async (contact: object, consents: object[] = []): Promise<string> => String((await register.call('POST', '/v1/customers', { body: { contact, consents } })).body['id']);
const listed = async (contact: object, consents: object[]): Promise<string[]> => projected(register, await post(contact, consents));
const erase = async (id: string): Promise<void> => { expect((await register.call('DELETE', `/v1/customers/${id}`)).status).toBe(202); };

describe('somebody who is known by name and postal address', () => {
  it('and nothing else does not come back on paper when she was erased, however it is written', async () => {
    const her = somebody();
    const id = await post(her, [grant()]);
    expect(await projected(register, id)).toEqual(['post']);
    await erase(id);
    const written = { ...her, firstName: ' AINO', lastName: her.lastName.toUpperCase(), address: { ...her.address, street: 'ma\u0308kitie 4a' } };
    for (const contact of [her, written, { ...her, ...addresses() }]) expect(await listed(contact, [grant()])).toEqual([]);
  });

  it('does not come back without the email and phone that she had', async () => {
    const her = somebody();
    await erase(await post({ ...her, ...addresses() }, [grant()]));
    expect(await listed(her, [grant()])).toEqual([]);
  });

  it('does not come back when her address follows in a correction', async () => {
    const { address, ...her } = somebody();
    await erase(await post({ ...her, address }));
    const id = await post(her, [grant()]);
    const { headers } = await register.call('GET', `/v1/customers/${id}`);
    expect((await register.call('PATCH', `/v1/customers/${id}`, { body: { contact: { address } }, headers: { 'if-match': headers.get('etag') ?? '' } })).status).toBe(200);
    expect(await projected(register, id)).toEqual([]);
  });

  it('comes back by her own fresh consent, as she does by an email', async () => {
    const her = somebody();
    await erase(await post(her));
    const id = await post(her, [now()]);
    expect(await projected(register, id)).toEqual([]);
    const put = (over: object) => register.call('PUT', `/v1/customers/${id}/consents/marketing/post`, { body: decision(over as Record<string, unknown>) });
    expect((await put({})).body['type']).toBe('/problems/suppressed');
    expect((await put({ method: 'confirmed-opt-in' })).status).toBe(200);
    expect(await projected(register, id)).toEqual(['post']);
    expect(await listed({ ...her, ...addresses() }, [now()])).toEqual(['post']);
  });

  it('takes nobody of her household along, nor a namesake who was there before', async () => {
    const her = somebody();
    const others = [await post({ ...her, firstName: 'Eino' }, [grant()]), await post({ ...her, ...addresses() }, [grant()])];
    const id = await post(her, [grant()]);
    await erase(id);
    for (const other of others) expect(await projected(register, other)).toEqual(['post']);
    expect(await listed({ ...her, firstName: 'Eeva' }, [grant()])).toEqual(['post']);
  });

  it('does not come back by who registers her in the very moment in which she is erased', async () => {
    const her = { ...somebody(), ...addresses() };
    const id = await post(her);
    const suppressions = register.app.get(Suppressions, { strict: false });
    const { arriving } = await register.database.transaction(async (manager) => {
      await suppressions.close(manager, suppressions.closingsOf({ ...NOBODY, email: her.email }), 'erased');
      await manager.query('UPDATE customer SET email = NULL, email_index = NULL WHERE id = $1', [id]);
      const registered = post(her, [now()]);
      await waitFor('a registration that waits for the email', async () =>
        (await register.database.query<object[]>(`SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'`)).length > 0);
      return { arriving: registered };
    });
    const again = await arriving;
    expect([again === id, await projected(register, again)]).toEqual([false, []]);
  });

  it('stays out after an objection, and is in again when she has consented anew', async () => {
    const her = somebody();
    const id = await post(her, [grant()]);
    await register.call('PUT', `/v1/customers/${id}/objection`, { body: { decidedAt: new Date().toISOString(), method: 'phone-call', sourceSystem: 'customer-service' } });
    expect([await projected(register, id), await listed(her, [grant()])]).toEqual([[], []]);
    expect((await register.call('PUT', `/v1/customers/${id}/consents/marketing/post`, { body: decision({ method: 'account-settings' }) })).status).toBe(200);
    expect(await projected(register, id)).toEqual(['post']);
  });
});
