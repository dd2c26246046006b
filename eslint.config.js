// What `npm run lint` asks of every file. Type-aware for TypeScript; a rule is switched off only with its reason beside it.
import tseslint from 'typescript-eslint';
import { explainedLength } from './scripts/lint/explained-length.mjs';

const house = { rules: { 'explained-length': explainedLength } };

const SELECT_STAR = /\bSELECT\s+\*(?!\s+FROM\s+jsonb_to_recordset)/i.source;
const noSelectStar = ['Literal', 'TemplateElement'].map((node) => ({
  selector: `${node}[value${node === 'Literal' ? '' : '.raw'}=/${SELECT_STAR}/i]`,
  message: 'Name the columns: a column added later must not travel along unseen.',
}));
const noPendingRows = ['Literal', 'TemplateElement'].map((node) => ({
  selector: `${node}[value${node === 'Literal' ? '' : '.raw'}=/sync_pending/]`,
  message: 'Pending rows are written in sync/ only: use markChanged or markErased of sync/pending.ts.',
}));
const noSleep = {
  selector: 'NewExpression[callee.name="Promise"] > ArrowFunctionExpression > CallExpression[callee.name="setTimeout"]',
  message: 'A test waits for a condition (test/support/wait-for.ts), not for a time.',
};

/** Core rules that catch mistakes in any file; ESLint 10 ships no preset of its own any more. */
const everywhere = {
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'no-constant-binary-expression': 'error',
  'no-constant-condition': 'error',
  'no-control-regex': 'off', // control characters are what several checks look for
  'no-debugger': 'error',
  'no-duplicate-case': 'error',
  'no-else-return': 'error',
  'no-eval': 'error',
  'no-fallthrough': 'error',
  'no-irregular-whitespace': 'error',
  'no-param-reassign': 'error',
  'no-promise-executor-return': 'off', // `new Promise((resolve) => setTimeout(resolve, ms))` is the usual form
  'no-self-assign': 'error',
  'no-sparse-arrays': 'error',
  'no-unreachable': 'error',
  'no-unsafe-finally': 'error',
  'no-unsafe-optional-chaining': 'error',
  'no-useless-escape': 'error',
  'no-var': 'error',
  'object-shorthand': 'error',
  'prefer-const': 'error',
  'house/explained-length': ['error', { max: 250 }],
};

const NODE_GLOBALS = [
  'AbortController', 'AbortSignal', 'Buffer', 'TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams', 'clearInterval', 'clearTimeout', 'console', 'crypto',
  'fetch', 'performance', 'process', 'queueMicrotask', 'setImmediate', 'setInterval', 'setTimeout', 'structuredClone', 'ReadableStream', 'Response', 'Blob', 'FormData',
];

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.lupa/', 'bench/out/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' }, plugins: { house }, rules: everywhere },
  {
    files: ['**/*.mjs', '**/*.cjs', '**/*.js'],
    languageOptions: { globals: Object.fromEntries(NODE_GLOBALS.map((name) => [name, 'readonly'])) },
    rules: { 'no-undef': 'error', 'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }] },
  },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: { module: 'writable', require: 'readonly', __dirname: 'readonly' } } },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-dynamic-delete': 'off', // every such key is a constant of ours
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }], // a Nest module is an empty class
      '@typescript-eslint/no-unnecessary-condition': 'off', // narrowing does not see that a field changes during an await
      '@typescript-eslint/no-unnecessary-type-parameters': 'off', // Nest's own signatures (`unwrap<T>(): T`) have them
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off', // Nest takes options as plain objects
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },
  {
    files: ['apps/**/*.ts', 'libs/**/*.ts'],
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      'no-console': 'error', // the logger knows which fields may be logged
      'no-restricted-syntax': ['error', ...noSelectStar],
    },
  },
  {
    files: ['apps/register/src/**/*.ts'],
    // customers.sql.ts: creation is one statement for speed, pending row included.
    ignores: ['apps/register/src/sync/**', 'apps/register/src/database/**', 'apps/register/src/customers/customers.sql.ts', '**/*.spec.ts'],
    rules: { 'no-restricted-syntax': ['error', ...noSelectStar, ...noPendingRows] },
  },
  { files: ['**/*.schemas.ts'], rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' } }, // a schema is its own type
  {
    // They talk to a person at a terminal.
    files: ['apps/*/src/{main,cli}.ts', '**/*.commands.ts', '**/migrate.ts', 'libs/database/migrate-command.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      '@typescript-eslint/no-misused-spread': 'off', // tests build code points and strings of them
      '@typescript-eslint/no-unsafe-assignment': 'off', // Jest's `expect.any` is typed as any
      '@typescript-eslint/no-non-null-assertion': 'off', // a test that finds nothing there fails, as it should
      '@typescript-eslint/require-await': 'off', // a stand-in keeps the signature of what it stands in for
    },
  },
  { files: ['**/*.spec.ts'], rules: { 'no-restricted-syntax': ['error', noSleep] } },
);
