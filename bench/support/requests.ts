import { randomBytes } from 'node:crypto';

const RUN = randomBytes(4).toString('hex');
let count = 0;

/** A number that no other request of this run has had. */
export const nextNumber = (): number => (count += 1);

/** An email address of nobody: example.fi will never be given out. */
export const emailOf = (n: number): string => `asiakas.${RUN}.${n}@example.fi`;

/** A Finnish mobile number in E.164. */
export const phoneOf = (n: number): string => `+35845${String(1_000_000 + (n % 9_000_000))}`;

/** A fresh Idempotency-Key. */
export const keyOf = (n: number): string => `bench-${RUN}-${n}`;

/** One POST with a JSON body as it goes over the wire. */
export function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}): Buffer {
  const text = JSON.stringify(body);
  const lines = Object.entries({ host: '127.0.0.1', 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), ...headers });
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n${text}`);
}
