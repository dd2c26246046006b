import type { Statement } from '#database/statement.js';

/** $1 case id */
export const READ_CERTIFICATE: Statement = { name: 'read-certificate', text: 'SELECT closed_at, certificate FROM erasure_case WHERE id = $1' };
