import { z } from 'zod';

/** A public key (RFC 7517) that signs, or has signed, what marketing states. */
export const StatementKeySchema = z.object({
  kid: z.string().meta({ description: 'The key’s thumbprint (RFC 7638), which the header of a statement names' }),
  kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string(),
  use: z.literal('sig'), alg: z.literal('ES256'),
});
export type StatementKey = z.infer<typeof StatementKeySchema>;

export const StatementKeysSchema = z.object({ keys: z.array(StatementKeySchema).min(1) }).meta({
  id: 'StatementKeys',
  examples: [{ keys: [{
    kid: 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U', kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU', y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  }] }],
});
export type StatementKeys = z.infer<typeof StatementKeysSchema>;
