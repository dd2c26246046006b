import { z } from 'zod';
import type { Channel } from '#contracts/channel.js';
import { AsOfSchema, ChannelField, VersionSchema } from '../audience/audience.schemas.js';
import type { AddressKind } from '../contacts/address-digests.js';

/** Most addresses or references a call. */
export const MAX_CHECKED = 10_000;
/** So many email addresses of 254 characters as JSON, and room for the rest of the body. */
export const MAX_CHECK_BYTES = MAX_CHECKED * 264;

/** By which address a channel's people are found; of post none is: a postal address is written in too many ways. */
export const ADDRESS_KIND: Readonly<Record<Channel, AddressKind | undefined>> = { email: 'email', sms: 'phone', phone: 'phone', post: undefined };

/** Texts come in any length up to that of the body, so none of these may look at a character more than twice. */
const NOT_FOR: Readonly<Record<AddressKind, RegExp>> = { email: /^(?=\D*\d)[+\d\s()./-]+$/, phone: /@/ };

/**
 * Exactly one of the two lists. Whatever text stands among the addresses is answered, so that one that is no address looks like
 * one that nobody has; only a list that as a whole is of another kind is refused, as a mistake of the caller's.
 */
export const CheckSchema = z
  .strictObject({
    channel: ChannelField,
    addresses: z.array(z.string()).min(1).max(MAX_CHECKED).optional()
      .meta({ description: 'Email addresses for channel email, phone numbers (best in E.164) for sms and phone. In any letter case; the same may come twice.' }),
    refs: z.array(z.uuid()).min(1).max(MAX_CHECKED).optional()
      .meta({ description: 'References as lists and exports give them; the only way for channel post' }),
  })
  .superRefine(({ channel, addresses, refs }, context) => {
    const wrong = (field: 'addresses' | 'refs', code: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [field], message, params: { code } });
    };
    if (addresses === undefined && refs === undefined) wrong('addresses', 'required', 'is required, or refs instead');
    if (addresses === undefined) return;
    if (refs !== undefined) wrong('refs', 'not-both', 'must not come together with addresses');
    const kind = ADDRESS_KIND[channel];
    if (kind === undefined) wrong('addresses', 'wrong-kind', 'are not taken for this channel: ask by refs');
    else if (addresses.length > 0 && addresses.every((address) => NOT_FOR[kind].test(address))) {
      wrong('addresses', 'wrong-kind', kind === 'email' ? 'must be email addresses for this channel' : 'must be phone numbers for this channel');
    }
  })
  .meta({
    id: 'AudienceCheck',
    examples: [
      { channel: 'email', addresses: ['aino.virtanen@example.fi', 'unknown@example.fi'] },
      { channel: 'post', refs: ['7b0c9a52-7f7b-4b8e-9f33-2f6f0a3a9b11'] },
    ],
  });
export type Check = z.infer<typeof CheckSchema>;

export const CheckAnswerSchema = z
  .object({
    asOf: AsOfSchema,
    version: VersionSchema,
    allowed: z.array(z.boolean()).meta({ description: 'For each address or reference, in the order given: may it be written to now?' }),
  })
  .meta({ id: 'AudienceCheckAnswer', examples: [{ asOf: '2026-01-15T12:00:00.000Z', version: 41_207, allowed: [true, false] }] });
export type CheckAnswer = z.infer<typeof CheckAnswerSchema>;
