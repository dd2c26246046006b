/** Faults of the rounds that search for the erased, on the register's side, and of the certificates. */
export const ROUND_MUTANTS = [
  {
    name: 'not searched is clean',
    what: 'a place that could not be searched counts as one where nothing is',
    edits: [['apps/register/src/search-rounds/verdict.js', 'found.length === 0 && unsearched.length === 0', 'found.length === 0']],
    tests: ['search-rounds/verdict.spec'],
  },
  {
    name: 'answer about others',
    what: 'a round is settled by an answer about another number of people',
    edits: [['apps/register/src/search-rounds/search-round.service.js', 'content?.cases !== cases.length', 'false']],
    tests: ['register/search-rounds.spec'], only: 'another number of people',
  },
  {
    name: 'two rounds at once',
    what: 'a second instance begins a round while another is at it',
    edits: [['apps/register/src/search-rounds/search-connections.service.js', 'lock?.held !== true', 'false']],
    tests: ['register/search-rounds.spec'], only: 'one instance at a time',
  },
  {
    name: 'household never done',
    what: 'what a living customer has as well is searched for, and found for ever',
    edits: [['apps/register/src/search-rounds/sought-cases.service.js', 'without.get(each.caseId) ?? []', '[]']],
    tests: ['register/search-rounds.spec'], only: 'somebody of today',
  },
  {
    name: 'former values unsought',
    what: 'a certificate says that nothing was found, while what she had before a correction stands there',
    edits: [['apps/register/src/erasure/eraser.service.js', 'valuesOf(customer, former.get(customer.id))', 'valuesOf(customer)']],
    tests: ['register/search-rounds.spec'], only: 'by what she had before',
  },
  {
    name: 'values kept',
    what: 'what was searched for is kept after the case is closed',
    edits: [['apps/register/src/search-rounds/search-rounds.sql.js', 'findings = NULL, sealed_values = NULL', 'findings = NULL']],
    tests: ['register/search-rounds.spec'], only: 'certificate that says so',
  },
  {
    name: 'certificate reworded',
    what: 'a certificate may say something else than what was signed',
    edits: [['apps/register/src/certificates/certificate.signature.js', 'new TextDecoder().decode(payload) === JSON.stringify(certificate)', 'true']],
    tests: ['certificates/certificates.spec'],
  },
  {
    name: 'word about nobody',
    what: 'a search of marketing that looked for nobody bears a certificate out',
    edits: [['apps/register/src/certificates/marketing-word.signature.js', 'search.cases === 0 ||', '']],
    tests: ['certificates/marketing-word'],
  },
  {
    name: 'import before the erased',
    what: 'people are brought into a restored database in which the erased are not erased again yet',
    edits: [['apps/register/src/imports/imports.commands.js', 'if (wrong !== undefined)', 'if (false)']],
    tests: ['register/restore.spec'],
  },
];
