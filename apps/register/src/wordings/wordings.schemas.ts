import { z } from 'zod';
import { CodeSchema, LanguageSchema, MAX_VERSION } from '../customers/text.schemas.js';

const WordingIdSchema = CodeSchema.meta({ examples: ['newsletter'] });
const key = { id: WordingIdSchema, version: z.int().positive(), language: LanguageSchema };

/** One version of a text in one language. A version that exists is never changed; write the next. */
export const PutWordingSchema = z
  .strictObject({ purpose: CodeSchema, text: z.string().min(1).max(10_000).transform((value) => value.normalize('NFC')) })
  .meta({ examples: [{ purpose: 'marketing', text: 'Haluan Confetin uutiskirjeen sähköpostiini. Voin perua luvan milloin tahansa.' }] });
export type PutWording = z.output<typeof PutWordingSchema>;

export const WordingKeySchema = z.strictObject({ ...key, version: z.coerce.number().int().positive().max(MAX_VERSION) });
export type WordingKey = z.output<typeof WordingKeySchema>;

export const WordingSchema = z.object({
  ...key, purpose: z.string(), text: z.string(),
  /** SHA-256 of the text in UTF-8, lower-case hexadecimal: what evidence has to name. */
  sha256: z.string(), createdAt: z.iso.datetime(),
});
export type Wording = z.output<typeof WordingSchema>;

export const WordingListSchema = z.object({ wordings: z.array(WordingSchema) });
export const WordingReceiptSchema = z.object({ id: z.string(), version: z.int(), language: z.string(), sha256: z.string() });
