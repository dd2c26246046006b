// Faults of the import of customers: somebody comes back, is changed, or is in marketing without proof.

const IMPORT = ['register/import.spec'];
const SQL = 'apps/register/src/imports/imports.sql.js';

export const IMPORT_MUTANTS = [
  {
    name: 'an import brings the erased back',
    what: 'the list of suppressions is not asked for a row of a file',
    edits: [[SQL, `WHEN closed.there THEN 'kept-out'`, '']],
    tests: IMPORT, only: 'is not brought back after an erasure',
  },
  {
    name: 'an import knows people by email only',
    what: 'an address that she had before makes a second customer of her, with the consents she has withdrawn since',
    edits: [[SQL, 'by_email.there OR by_phone.there', 'by_email.there']],
    tests: IMPORT, only: 'is left as she is',
  },
  {
    name: 'an import is the person’s own act',
    what: 'a file that says she confirmed opens what she has closed',
    edits: [['apps/register/src/imports/importer.service.js', `{ kind: 'staff', subject: 'import'`, `{ kind: 'program', subject: 'import'`]],
    tests: IMPORT, only: 'without any marketing, though a file says she confirmed it',
  },
  {
    name: 'a claim counts',
    what: 'a grant whose wording nobody knows is one like any other',
    edits: [['apps/register/src/customers/customers.sql.js', 'NOT d.is_proof_only AND d', 'd']],
    tests: IMPORT, only: 'without the wording that was shown',
  },
  {
    name: 'a person twice in a file',
    what: 'rows that are under way together are not compared',
    edits: [['apps/register/src/imports/import-run.service.js', 'if (this.seen.isTwice(result.draft))', 'if (false)']],
    tests: IMPORT, only: 'told by line, column and code',
  },
];
