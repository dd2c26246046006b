import type { DataSource } from 'typeorm';
import type { RegisterConfig } from '../register.config.js';
import { CertificateKeys } from './certificate-keys.service.js';

/** Operator commands about the keys that sign certificates of erasure. */
export const CERTIFICATE_KEY_COMMANDS = {
  'certificate-keys:rotate': {
    usage: 'certificate-keys:rotate',
    summary: 'Makes a new key that signs certificates of erasure from now on. The private half of the one before is deleted; what it signed stays valid.',
    run: async (dataSource: DataSource, config: RegisterConfig): Promise<void> => {
      console.log(`Certificates are signed with the key ${await new CertificateKeys(dataSource, config).rotate()} from now on.`);
    },
  },
} as const;
