import type { Plant } from './planted-tree.js';

const text = (specifier: string): string => `import '${specifier}';\n`;

/** For each rule of .dependency-cruiser.cjs at least one file that breaks it, and no other. */
export const PLANTS: Readonly<Record<string, readonly Plant[]>> = {
  'contracts-know-nothing-of-ours': [{ path: 'libs/contracts/planted-http.ts', text: text('#http/failure.js') }],
  'contracts-are-zod-only': [{ path: 'libs/contracts/planted-nest.ts', text: text('@nestjs/common') }],
  'messaging-knows-only-contracts-and-tasks': [
    { path: 'libs/messaging/planted-http.ts', text: text('#http/failure.js') },
    { path: 'libs/messaging/planted-auth.ts', text: text('../auth/scopes.js') },
  ],
  'only-messaging-speaks-amqp': [
    { path: 'apps/register/src/customers/planted-amqp.service.ts', text: text('amqplib') },
    { path: 'libs/http/planted-amqp.ts', text: "import type { Channel } from 'amqplib';\nexport type Planted = Channel;\n" },
  ],
  'http-knows-nothing-of-ours': [{ path: 'libs/http/planted-auth.ts', text: text('#auth/scopes.js') }],
  'auth-knows-only-http': [{ path: 'libs/auth/planted-contracts.ts', text: text('#contracts/order.js') }],
  'tasks-know-nothing-of-ours': [{ path: 'libs/tasks/planted-http.ts', text: text('#http/failure.js') }],
  'database-knows-only-http': [{ path: 'libs/database/planted-auth.ts', text: text('#auth/scopes.js') }],
  'service-knows-only-http': [{ path: 'libs/service/planted-auth.ts', text: text('#auth/scopes.js') }],
  'addresses-know-nothing-of-ours': [{ path: 'libs/addresses/planted-http.ts', text: text('#http/failure.js') }],
  'search-knows-only-database': [{ path: 'libs/search/planted-contracts.ts', text: text('#contracts/order.js') }],
  'libraries-know-no-app': [
    { path: 'libs/contracts/planted-app.ts', text: text('#register/customers/postal-code.js') },
    { path: 'libs/messaging/planted-app.ts', text: text('#marketing/audience/freshness.js') },
  ],
  'register-does-not-know-marketing': [
    { path: 'apps/register/src/customers/planted-marketing.service.ts', text: text('#marketing/audience/freshness.js') },
    { path: 'apps/register/src/planted-relative.ts', text: text('../../marketing/src/audience/freshness.js') },
  ],
  'marketing-does-not-know-register': [{ path: 'apps/marketing/src/audience/planted-register.service.ts', text: text('#register/customers/postal-code.js') }],
  'features-mark-changes-through-pending': [
    { path: 'apps/register/src/consents/planted-consumer.service.ts', text: text('../sync/applied.consumer.js') },
    { path: 'apps/register/src/erasure/planted-epoch.service.ts', text: text('#register/sync/marketing-epoch.js') },
  ],
  'sync-statements-stay-in-sync': [
    { path: 'apps/register/src/customers/planted-clearing.service.ts', text: text('../sync/sync.sql.js') },
    { path: 'test/planted-clearing.ts', text: text('#register/sync/sync.sql.js') },
  ],
  'pure-files-stay-pure': [
    { path: 'apps/register/src/consents/planted-typeorm.ts', text: "import type { EntityManager } from 'typeorm';\nexport type Planted = EntityManager;\n" },
    { path: 'apps/register/src/consents/planted-nest.ts', text: text('@nestjs/common') },
    { path: 'apps/marketing/src/intake/planted-pg.ts', text: text('pg') },
    { path: 'apps/marketing/src/intake/planted-file.ts', text: text('node:fs') },
    { path: 'apps/marketing/src/audience/planted-service.ts', text: text('./audience.service.js') },
    { path: 'apps/register/src/consents/planted-http.ts', text: text('#http/failure.js') },
  ],
  'pure-files-take-no-steps': [{ path: 'apps/register/src/consents/planted-step.ts', text: text('../sync/pending.js') }],
  'controllers-know-no-entity': [
    { path: 'apps/register/src/wordings/planted.controller.ts', text: "import type { WordingEntity } from './wording.entity.js';\nexport type Planted = WordingEntity;\n" },
    { path: 'apps/marketing/src/audience/planted.controller.ts', text: text('./audience.sql.js') },
  ],
  'controllers-reach-no-database': [
    { path: 'apps/register/src/customers/planted.controller.ts', text: text('typeorm') },
    { path: 'apps/register/src/consents/planted.controller.ts', text: text('../database/data-source.js') },
  ],
  'no-circles': [{ path: 'apps/register/src/consents/planted-one.service.ts', text: text('./planted-two.service.js') }],
  'no-unresolved-imports': [
    { path: 'apps/register/src/consents/planted-nowhere.service.ts', text: text('./nowhere.js') },
    { path: 'libs/contracts/planted-nowhere.ts', text: text('#contracts/nowhere.js') },
    { path: 'apps/marketing/src/audience/planted-nowhere.ts', text: text('./nowhere.js') },
  ],
  'production-does-not-import-tests': [
    { path: 'apps/register/src/customers/planted-test.service.ts', text: text('#test/support/wait-for.js') },
    { path: 'libs/http/planted-spec.ts', text: text('./etag.spec.js') },
  ],
  'production-uses-no-development-package': [
    { path: 'libs/http/planted-development.ts', text: text('fast-check') },
    { path: 'apps/register/src/customers/planted-undeclared.service.ts', text: text('semver') },
  ],
  'nobody-imports-the-build': [{ path: 'test/planted-build.ts', text: text('../dist/planted.js') }],
  'no-dead-files': [{ path: 'libs/http/planted-dead.ts', text: 'export const planted = 1;\n', unreached: true }],
};

/** What a plant needs beside it to be found. */
export const BESIDE: readonly Plant[] = [
  { path: 'dist/planted.js', text: 'export {};\n' },
  { path: 'apps/register/src/consents/planted-two.service.ts', text: text('./planted-one.service.js') }, // a circle is told once
];
