import { addressesOf, overwritten } from './former-value.js';

const AINO = { email: 'aino@example.fi', phone: '+358451206627', first_name: 'Aino', last_name: 'Virtanen', street_address: 'Mäkitie 4 A', postal_code: '04300' };

describe('what a correction overwrites', () => {
  it('is the email, the phone, and the name with its postal address, of each what is no more', () => {
    expect(overwritten(AINO, { ...AINO, email: null, phone: '+358451206628' }).map(({ kind, texts }) => [kind, ...texts])).toEqual([['email', 'aino@example.fi'], ['phone', '+358451206627']]);
    for (const change of [{ first_name: 'Anna' }, { last_name: 'Korhonen' }, { street_address: 'Katu 1' }, { postal_code: '00100' }]) {
      expect(overwritten(AINO, { ...AINO, ...change }).map(({ texts }) => texts)).toEqual([['Aino', 'Virtanen', 'Mäkitie 4 A', '04300']]);
    }
  });

  it('is nothing when the same is written another way, or nothing was there', () => {
    expect(overwritten(AINO, { ...AINO, email: ' Aino@Example.FI', last_name: 'VIRTANEN', street_address: 'Ma\u0308kitie  4A' })).toEqual([]);
    expect(overwritten({ ...AINO, email: null, phone: null, postal_code: null }, AINO)).toEqual([]);
  });

  it('is no postal address while a part of it is unknown: it would be a family’s, or a street’s', () => {
    for (const part of ['first_name', 'last_name', 'street_address', 'postal_code']) {
      expect(addressesOf({ ...AINO, [part]: null }).map(({ kind }) => kind)).toEqual(['email', 'phone']);
    }
  });
});
