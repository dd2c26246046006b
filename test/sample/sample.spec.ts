import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CreateCustomerSchema } from '#register/customers/customers.schemas.js';

interface Made {
  readonly body: { contact: { email?: string }; interests: string[]; consents: { decision: string }[] };
  readonly afterwards: { kind: string }[];
  readonly minor: boolean;
}
type CustomerFor = (seed: number, index: number, hashOf: () => string) => Made;

const COUNT = 2_000;
const { customerFor } = (await import(pathToFileURL(join(process.cwd(), 'scripts/sample/customers.mjs')).href)) as { customerFor: CustomerFor };
const make = (seed: number): Made[] => Array.from({ length: COUNT }, (_, index) => customerFor(seed, index, () => '0'.repeat(64)));

describe('the made-up sample', () => {
  const sample = make(20_260_101);

  it('holds nothing that the register would refuse', () => {
    expect(sample.filter(({ body }) => !CreateCustomerSchema.safeParse(body).success)).toEqual([]);
  });

  it('is the same every time for a seed, and another for another', () => {
    expect(make(20_260_101)).toEqual(sample);
    expect(make(2)).not.toEqual(sample);
  });

  it('gives no email address twice', () => {
    const emails = sample.flatMap(({ body }) => body.contact.email ?? []);
    expect(new Set(emails).size).toBe(emails.length);
  });

  it('leaves about 60 % with a marketing consent once everything has happened to them', () => {
    const out = ['restricted', 'ended', 'objecting', 'stopped'];
    const inside = sample.filter(({ body, afterwards }) =>
      body.consents.some(({ decision }) => decision === 'granted') && !afterwards.some(({ kind }) => out.includes(kind)));
    expect(inside.length / COUNT).toBeGreaterThan(0.55);
    expect(inside.length / COUNT).toBeLessThan(0.65);
  });

  it('holds minors, none with a consent, and a few of each state', () => {
    expect(sample.filter(({ minor }) => minor).length).toBeGreaterThan(5);
    expect(sample.filter(({ minor, body }) => minor && body.consents.length > 0)).toEqual([]);
    for (const state of ['restricted', 'ended', 'objecting', 'stopped', 'withdrawn']) {
      expect(sample.filter(({ afterwards }) => afterwards.some(({ kind }) => kind === state)).length).toBeGreaterThan(5);
    }
  });

  it('names only product groups of the profile', () => {
    const profile = JSON.parse(readFileSync('config/confetti.json', 'utf8')) as { productGroups: { code: string }[] };
    const codes = profile.productGroups.map(({ code }) => code);
    expect(sample.flatMap(({ body }) => body.interests).filter((code) => !codes.includes(code))).toEqual([]);
  });
});
