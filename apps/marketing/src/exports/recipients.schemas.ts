import { z } from 'zod';
import { ChannelSchema } from '#contracts/channel.js';
import { PRESET_IDS } from './presets.js';

const CodeSchema = z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be small letters, digits and hyphens').max(60);

/** Somebody who may be given people: a processor with whom there is a contract (GDPR Art. 28). */
export const RecipientSchema = z
  .strictObject({
    id: CodeSchema,
    name: z.string().min(1).max(200),
    country: z.string().regex(/^[A-Z]{2}$/).meta({ description: 'ISO 3166-1 alpha-2: where the data goes' }),
    channels: z.array(ChannelSchema).min(1).meta({ description: 'What it may be used for' }),
    purposes: z.array(CodeSchema).min(1).meta({ description: 'What it has been agreed for' }),
    preset: z.enum(PRESET_IDS).meta({ description: 'Used when an export names none' }),
  })
  .meta({ id: 'Recipient' });
export type Recipient = z.infer<typeof RecipientSchema>;

/** The file of recipients. */
export const RecipientsSchema = z.strictObject({ recipients: z.array(RecipientSchema).max(200) }).refine(
  ({ recipients }) => new Set(recipients.map(({ id }) => id)).size === recipients.length, 'names a recipient twice',
);

export const RecipientListSchema = z.object({ recipients: z.array(RecipientSchema) }).meta({
  id: 'RecipientList',
  examples: [{ recipients: [{ id: 'mailchimp', name: 'Mailchimp (Intuit Inc.)', country: 'US', channels: ['email'], purposes: ['marketing'], preset: 'mailchimp' }] }],
});
