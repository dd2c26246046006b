// Loads the made-up sample through the register's REST API, as a web shop would. A load that was cut short goes on.
import { apiClient, Refused, sha256 } from './api.mjs';
import { customerFor } from './customers.mjs';
import { WORDINGS } from './wordings.mjs';

/**
 * Registers the wordings, then `count` customers of sample `seed`, `concurrency` at a time.
 * Every request carries an Idempotency-Key made of seed and index, so that a repeated run changes nothing that is done already.
 * `token` is a string or an async function that gives a fresh one. `onProgress(done, total)` is called after each customer.
 * Resolves to { customers, consenting, minors, restricted, ended, objecting, stopped, withdrawn, seconds }.
 * @throws Told with a sentence when the register refuses something or stays away for two minutes
 */
export async function loadSample({ registerUrl, token, count = 2000, seed = 1, concurrency = 16, onProgress = () => undefined }) {
  const request = apiClient({ url: registerUrl, token });
  const started = Date.now();
  const hashes = await registerWordings(request);
  const hashOf = (id, version, language) => hashes.get(`${id}/${version}/${language}`);

  const totals = { customers: 0, consenting: 0, minors: 0, restricted: 0, ended: 0, objecting: 0, stopped: 0, withdrawn: 0 };
  let next = 0;
  const worker = async () => {
    while (next < count) {
      const index = next++;
      const customer = customerFor(seed, index, hashOf);
      await loadOne(request, `sample-${seed}-${index}`, customer);
      totals.customers += 1;
      totals.consenting += customer.body.consents.some(({ decision }) => decision === 'granted') ? 1 : 0;
      totals.minors += customer.minor ? 1 : 0;
      for (const { kind } of customer.afterwards) totals[kind] += 1;
      onProgress(totals.customers, count);
    }
  };
  const workers = Array.from({ length: Math.min(concurrency, count) }, async () => {
    try {
      await worker();
    } catch (error) {
      next = count; // the others finish what they have begun and stop
      throw error;
    }
  });
  const outcomes = await Promise.allSettled(workers);
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
  return { ...totals, seconds: (Date.now() - started) / 1000 };
}

async function registerWordings(request) {
  const hashes = new Map();
  for (const { id, version, language, purpose, text } of WORDINGS) {
    const name = `${id}/${version}/${language}`;
    try {
      await request(`Wording ${name}`, 'PUT', `/v1/wordings/${name}`, { body: { purpose, text }, key: `sample-wording-${name}` });
    } catch (error) {
      if (error.code !== 'wording-exists') throw error;
    }
    hashes.set(name, sha256(text));
  }
  return hashes;
}

async function loadOne(request, key, { body, afterwards }) {
  try {
    const { id } = await create(request, key, body);
    for (const { kind, method, path, body: later } of afterwards) {
      await request(`A step of the sample (${kind})`, method, `/v1/customers/${id}/${path}`, { body: later, key: `${key}-${kind}` });
    }
  } catch (error) {
    // Erased since, by somebody trying things out: then she stays away.
    if (!['idempotent-target-erased', 'customer-not-found'].includes(error.code)) throw error;
  }
}

/** Keys are remembered for a day; a run later than that finds the customer by her address. */
async function create(request, key, body) {
  try {
    return await request('A customer of the sample', 'POST', '/v1/customers', { body, key });
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'email-taken') throw error;
    const query = { body: { email: body.contact.email }, purpose: 'relationship-care' };
    const { customers } = await request('The search for a customer of the sample', 'POST', '/v1/customers/search', query);
    if (customers.length === 0) throw error;
    return customers[0];
  }
}
