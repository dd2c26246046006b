import { z } from 'zod';

/** The four ways a person can be written to or called (Act 917/2014 § 200 asks for consent per way). */
export const CHANNELS = ['email', 'sms', 'phone', 'post'] as const;

export const ChannelSchema = z.enum(CHANNELS);
export type Channel = z.infer<typeof ChannelSchema>;

/** A set of channels on the wire: each at most once, may be empty. */
export const ChannelSetSchema = z
  .array(ChannelSchema)
  .max(CHANNELS.length)
  .refine((channels) => new Set(channels).size === channels.length, 'names a channel twice');
