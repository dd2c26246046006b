// Which room may know which. Every rule is a sentence, and test/architecture/ plants a violation of each and sees it go red.

const OURS = '^(apps|libs|test|bench)/';
const PRODUCTION = { path: '^(apps|libs)/', pathNot: '\\.spec\\.ts$' };
const npm = (...names) => `node_modules/(@types/)?(${names.join('|')})/`;

/** A library may know itself and the named ones; that libraries know no app is a rule of its own. */
const libraryKnows = (library, ...known) => ({
  from: { path: `^libs/${library}/` },
  to: { path: '^(libs|bench)/', pathNot: `^libs/(${[library, ...known].join('|')})/` },
});

/** A file of a feature whose name has no role in it: it decides, and does nothing. */
const PURE = '^apps/[^/]+/src/(?!database/)[^/]+/[^./]+\\.ts$';
/** They bear the names of what they do, and take the caller's EntityManager: one visible transaction. */
const STEPS = '^apps/register/src/(sync/(pending|relay|resync|marketing-epoch)|access-log/access-log)\\.ts$';

module.exports = {
  forbidden: [
    {
      name: 'contracts-know-nothing-of-ours',
      comment: 'The messages are the one thing both services share; whatever they knew, both services would know.',
      ...libraryKnows('contracts'),
    },
    {
      name: 'contracts-are-zod-only',
      comment: 'A contract is a shape and at most a hash of it.',
      from: { path: '^libs/contracts/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: [OURS, npm('zod'), '^(node:)?crypto$'], couldNotResolve: false },
    },
    {
      name: 'messaging-knows-only-contracts-and-tasks',
      comment: 'The transport carries whatever it is given: it knows neither HTTP nor callers nor tables.',
      ...libraryKnows('messaging', 'contracts', 'tasks'),
    },
    {
      name: 'only-messaging-speaks-amqp',
      comment: 'Confirms, supervision and topology are solved once.',
      from: { path: '^(apps|libs)/', pathNot: '^libs/messaging/' },
      to: { path: npm('amqplib') },
    },
    { name: 'http-knows-nothing-of-ours', comment: 'The HTTP set-up serves any service.', ...libraryKnows('http') },
    { name: 'auth-knows-only-http', comment: 'A refusal is a Failure of libs/http; nothing else is needed.', ...libraryKnows('auth', 'http') },
    { name: 'tasks-know-nothing-of-ours', comment: 'Repeating something needs no knowledge of it.', ...libraryKnows('tasks') },
    { name: 'database-knows-only-http', comment: 'Only to say, as a Failure, that the database is away.', ...libraryKnows('database', 'http') },
    { name: 'service-knows-only-http', comment: 'Configuration, logger and metrics are what a service has before it exists.', ...libraryKnows('service', 'http') },
    { name: 'addresses-know-nothing-of-ours', comment: 'How an address is written and compared is the same everywhere.', ...libraryKnows('addresses') },
    { name: 'search-knows-only-database', comment: 'It finds what it is given in whatever there is: knowing tables, it could miss one.', ...libraryKnows('search', 'database') },
    {
      name: 'libraries-know-no-app',
      comment: 'What a library needs of a service is passed in.',
      from: { path: '^libs/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^apps/' },
    },
    {
      name: 'register-does-not-know-marketing',
      comment: 'The apps meet in messages only; each must start, and be understood, without the other.',
      from: { path: '^apps/register/' },
      to: { path: '^apps/marketing/' },
    },
    {
      name: 'marketing-does-not-know-register',
      comment: 'The apps meet in messages only; an import would be a way to data nobody consented to.',
      from: { path: '^apps/marketing/' },
      to: { path: '^apps/register/' },
    },
    {
      name: 'features-mark-changes-through-pending',
      comment: 'One way from the features into the sync: mark in pending.ts, wake the relay, ask projection.ts what marketing may hold.',
      from: { path: '^apps/register/src/[^/]+/', pathNot: '^apps/register/src/sync/' },
      to: { path: '^apps/register/src/sync/', pathNot: '^apps/register/src/sync/((pending|relay|projection)\\.ts|sync\\.sql\\.ts)$' },
    },
    {
      name: 'sync-statements-stay-in-sync',
      comment: 'Who clears or moves a pending row decides whether the watermark is true; that is decided in one room.',
      from: { pathNot: '^apps/register/src/sync/' },
      to: { path: '^apps/register/src/sync/sync\\.sql\\.ts$' },
    },
    {
      name: 'pure-files-stay-pure',
      comment: 'A file without a role in its name decides: zod, contracts, hashes, addresses and other pure files at most.',
      from: { path: PURE, pathNot: STEPS },
      to: {
        pathNot: [PURE, '^apps/[^/]+/src/[^/]+/[^/]+\\.(schemas|row)\\.ts$', '^libs/contracts/', '^libs/addresses/', '^libs/auth/scopes\\.ts$', '^(node:)?crypto$', npm('zod')],
        couldNotResolve: false,
      },
    },
    {
      name: 'pure-files-take-no-steps',
      comment: 'A pure file does not write through those who may.',
      from: { path: PURE, pathNot: STEPS },
      to: { path: STEPS },
    },
    {
      name: 'controllers-know-no-entity',
      comment: 'A controller speaks in schemas; what a table looks like is its service’s matter.',
      from: { path: '^apps/.*\\.controller\\.ts$' },
      to: { path: '\\.(entity|row|sql)\\.ts$' },
    },
    {
      name: 'controllers-reach-no-database',
      comment: 'Transactions are opened by services.',
      from: { path: '^apps/.*\\.controller\\.ts$' },
      to: { path: [npm('typeorm', 'pg', '@nestjs/typeorm'), '^apps/[^/]+/src/database/', '^libs/database/'] },
    },
    { name: 'no-circles', comment: 'Two files that need each other are one file, or three.', from: { pathNot: '^bench/baseline/' }, to: { circular: true } },
    { name: 'no-unresolved-imports', comment: 'What cannot be found cannot be checked.', from: {}, to: { couldNotResolve: true } },
    {
      name: 'production-does-not-import-tests',
      comment: 'The images hold apps and libs only.',
      from: PRODUCTION,
      to: { path: ['^(test|bench)/', '\\.spec\\.ts$'] },
    },
    {
      name: 'production-uses-no-development-package',
      comment: 'The images are installed without them.',
      from: PRODUCTION,
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    { name: 'nobody-imports-the-build', comment: 'dist/ is made from the sources.', from: {}, to: { path: '^dist/' } },
    {
      name: 'no-dead-files',
      comment: 'What no entry point reaches is not in use.',
      from: { path: '^(apps/[^/]+/src/(main|cli|database/migrate)|libs/search/search-program)\\.ts$' }, // the last is what a thread runs
      to: { path: '^(apps|libs)/', pathNot: ['\\.spec\\.ts$', '^(apps/[^/]+/src/(main|cli|database/migrate)|libs/search/search-program)\\.ts$'], reachable: false },
    },
  ].map((rule) => ({ severity: 'error', ...rule })),
  options: {
    tsPreCompilationDeps: true, // an import of a type is an import
    doNotFollow: { path: 'node_modules' },
    webpackConfig: { fileName: 'scripts/lint/source-imports.cjs' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    moduleSystems: ['es6', 'cjs'],
  },
};
