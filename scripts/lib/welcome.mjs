// What a person wants to know once everything runs.
import { say } from './say.mjs';

const takeToken = `sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'`;

export function printWelcome(environment, demo) {
  const register = `http://127.0.0.1:${environment.REGISTER_PORT}`;
  const marketing = `http://127.0.0.1:${environment.MARKETING_PORT}`;
  say();
  say(`Register    ${register}/v1    API page ${register}/docs`);
  say(`Marketing   ${marketing}/v1    API page ${marketing}/docs`);
  if (environment.RABBITMQ_MANAGEMENT_URL) {
    const { protocol, host, username, password } = new URL(environment.RABBITMQ_MANAGEMENT_URL);
    say(`RabbitMQ    ${protocol}//${host}    user ${username}, password ${decodeURIComponent(password)}`);
  }
  if (!demo) return say();
  say();
  say('Demo staff (user name, password)');
  for (const { username, password } of Object.values(demo.staff)) say(`  ${username.padEnd(18)}${password}`);
  say('Demo programs (client id, secret)');
  for (const { id, secret } of Object.values(demo.programs)) say(`  ${id.padEnd(18)}${secret}`);
  say();
  say('Opt somebody in:');
  say(curlRegister(register, demo));
  say();
  say('See who may be written to:');
  say(curlMarketing(register, marketing, demo));
  say();
}

const tokenCurl = (register, form) =>
  `TOKEN=$(curl -s ${register}/v1/token ${Object.entries(form).map(([name, value]) => `-d ${name}=${value}`).join(' ')} | ${takeToken})`;

const curlRegister = (register, { programs: { shop } }) => `  ${tokenCurl(register, { grant_type: 'client_credentials', client_id: shop.id, client_secret: shop.secret })}
  curl -s "${register}/v1/customers?limit=2" -H "Authorization: Bearer $TOKEN"`;

const curlMarketing = (register, marketing, { programs: { mailer } }) => `  ${tokenCurl(register, { grant_type: 'client_credentials', client_id: mailer.id, client_secret: mailer.secret })}
  curl -s ${marketing}/v1/audience/query -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{"channel":"email","limit":2}'`;
