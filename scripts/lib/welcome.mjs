// What a person wants to know once everything runs.
import { programToken } from './tokens.mjs';
import { say } from './say.mjs';

const takeToken = `sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'`;

export async function printWelcome(environment, demo) {
  const register = `http://127.0.0.1:${environment.REGISTER_PORT}`;
  const marketing = `http://127.0.0.1:${environment.MARKETING_PORT}`;
  say();
  say(`Register    ${register}/v1    API page ${register}/docs`);
  say(`Marketing   ${marketing}/v1    API page ${marketing}/docs`);
  if (environment.RABBITMQ_MANAGEMENT_URL) {
    const { protocol, host, username, password } = new URL(environment.RABBITMQ_MANAGEMENT_URL);
    say(`RabbitMQ    ${protocol}//${host}    user ${username}, password ${decodeURIComponent(password)}`);
  }
  say();
  if (!demo) return;
  say('Demo staff (user name, password)');
  for (const { username, password } of Object.values(demo.staff)) say(`  ${username.padEnd(18)}${password}`);
  say('Demo programs (client id, secret)');
  for (const { id, secret } of Object.values(demo.programs)) say(`  ${id.padEnd(18)}${secret}`);
  const now = new Date().toISOString();
  const wording = await newestWording(register, demo.programs.shop);
  if (wording) {
    say();
    say('Register somebody who opts in to email:');
    say(curlRegister(register, demo, wording, now));
  }
  say();
  say('See who may be written to since then (she shows within a second):');
  say(curlMarketing(register, marketing, demo, now));
  say();
}

/** The marketing wording in Finnish with the highest version: evidence of a consent must name a registered text. */
async function newestWording(register, shop) {
  const headers = { authorization: `Bearer ${await programToken(register, shop)}` };
  const response = await fetch(`${register}/v1/wordings`, { headers, signal: AbortSignal.timeout(10_000) });
  const { wordings = [] } = await response.json();
  return wordings.filter((w) => w.purpose === 'marketing' && w.language === 'fi').sort((a, b) => b.version - a.version)[0];
}

const tokenCurl = (register, form) =>
  `TOKEN=$(curl -s ${register}/v1/token ${Object.entries(form).map(([name, value]) => `-d ${name}=${value}`).join(' ')} | ${takeToken})`;

const curlRegister = (register, { programs: { shop } }, { id, version, language, sha256 }, now) => {
  const consent = {
    purpose: 'marketing', channel: 'email', decision: 'granted', decidedAt: now,
    method: 'web-form', sourceSystem: 'web-shop', wording: { id, version, language, sha256 },
  };
  const body = { contact: { firstName: 'Aino', lastName: 'Virtanen', email: 'EMAIL', language: 'fi' }, interests: ['balloons'], consents: [consent] };
  const data = JSON.stringify(body).replace('EMAIL', `aino.'$(date +%s)'@example.fi`);
  return `  ${tokenCurl(register, { grant_type: 'client_credentials', client_id: shop.id, client_secret: shop.secret })}
  curl -s ${register}/v1/customers -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -H "Idempotency-Key: aino-$(date +%s)" -d '${data}'`;
};

const curlMarketing = (register, marketing, { programs: { mailer } }, now) => `  ${tokenCurl(register, { grant_type: 'client_credentials', client_id: mailer.id, client_secret: mailer.secret })}
  curl -s ${marketing}/v1/audience/query -H "Authorization: Bearer $TOKEN" -H 'Lupa-Purpose: marketing' -H 'Content-Type: application/json' -d '{"channel":"email","filter":{"interests":{"any":["balloons"]},"granted":{"since":"${now}"}}}'`;
