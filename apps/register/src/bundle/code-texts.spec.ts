import { readFileSync } from 'node:fs';
import { CHANNELS } from '#contracts/channel.js';
import { ROLE_SCOPES } from '../access/roles.js';
import { CONSENT_METHODS } from '../consents/consents.schemas.js';
import { RELEASABLE_FIELDS } from '../disclosures/released-fields.js';
import { ABUSE_REASONS, ERASURE_GROUNDS } from '../erasure/erasure.schemas.js';
import { VERIFICATIONS } from '../guardians/guardians.schemas.js';
import { EXTENSION_REASONS, RECEIVED_BY, REFUSAL_REASONS, REQUEST_KINDS, REQUEST_STATES } from '../requests/requests.schemas.js';
import { EndSchema, LiftNoticeSchema, RestrictionSchema } from '../standing/standing.schemas.js';
import { CODE_TEXTS } from './code-texts.js';
import { Values } from './page-values.js';

const { purposes } = JSON.parse(readFileSync('config/confetti.json', 'utf8')) as { purposes: { code: string; legalBasis: string }[] };

it.each([
  ['channels', CHANNELS], ['methods of consent', CONSENT_METHODS], ['verifications', VERIFICATIONS], ['rights', REQUEST_KINDS], ['ways of receipt', RECEIVED_BY],
  ['states of requests', REQUEST_STATES], ['reasons of extension', EXTENSION_REASONS], ['reasons of refusal', REFUSAL_REASONS],
  ['grounds of erasure', ERASURE_GROUNDS], ['reasons of abuse', ABUSE_REASONS],
  ['reasons of restriction', RestrictionSchema.shape.reason.options], ['reasons of an end', EndSchema.shape.reason.options], ['ways of notice', LiftNoticeSchema.shape.sentBy.options],
  ['roles that see persons', ['register-staff', 'data-protection', 'admin'] satisfies (keyof typeof ROLE_SCOPES)[]],
  ['purposes and legal bases of the profile', purposes.flatMap(({ code, legalBasis }) => [code, legalBasis])],
])('%s have words in every language', (_, codes) => {
  expect(codes.filter((code) => CODE_TEXTS[code] === undefined)).toEqual([]);
});

it('fields of a person are called as on her page', () => {
  const english = new Values('en', { productGroups: [] });
  expect(english.of('fields', RELEASABLE_FIELDS)).toBe('first name, last name, email, phone, postal address, language, year of birth, occupation, interests');
});

it('what has no words is shown as it is; countries and languages have their own', () => {
  const finnish = new Values('fi', { productGroups: [{ code: 'balloons', name: { fi: 'Ilmapallot', sv: 'Ballonger', en: 'Balloons' } }] });
  expect([finnish.words('web-shop'), finnish.words('SE'), finnish.words('sv')]).toEqual(['web-shop', 'Ruotsi', 'ruotsi']);
  expect(finnish.of('interests', ['balloons', 'gone'])).toBe('Ilmapallot, gone');
});
