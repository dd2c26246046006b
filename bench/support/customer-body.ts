import type { ConsentBody } from './lupa.js';
import { emailOf, phoneOf } from './requests.js';

/** The same person for every program that is measured: name, email, phone, address, birth year, two interests, one consent. */
export function customerBody(n: number, consent: ConsentBody) {
  return {
    contact: {
      firstName: 'Aino', lastName: 'Virtanen', email: emailOf(n), phone: phoneOf(n), language: 'fi',
      address: { street: 'Moukarinkuja 4 C 1', postalCode: '04300', city: 'Tuusula', country: 'FI' },
    },
    demographics: { birthYear: 1987 },
    interests: ['balloons', 'birthday'],
    source: { kind: 'customer' },
    consents: [{ purpose: 'marketing', channel: 'email', ...consent }],
  };
}
