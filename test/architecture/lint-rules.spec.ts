import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { PlantedTree, PROJECT, type Plant } from './planted-tree.js';

const service = (name: string, text: string): Plant => ({ path: `apps/register/src/customers/planted-${name}.service.ts`, text, unreached: true });

/** Rule of eslint.config.js → a file that breaks it, and no other. */
const PLANTS: Readonly<Record<string, Plant>> = {
  '@typescript-eslint/no-floating-promises': service('floating', 'export function planted(): void {\n  Promise.resolve(1);\n}\n'),
  '@typescript-eslint/no-misused-promises': service('misused', 'export const planted = (): string => (Promise.resolve(false) ? "a" : "b");\n'),
  '@typescript-eslint/no-explicit-any': service('any', 'export type Planted = any;\n'),
  'no-console': service('console', "export function planted(): void {\n  console.log('planted');\n}\n"),
  'no-restricted-syntax (SELECT *)': service('star', "export const PLANTED = 'SELECT * FROM customer';\n"),
  'no-restricted-syntax (sync_pending)': service('pending', 'export const PLANTED = `DELETE FROM sync_pending WHERE ref = $1`;\n'),
  'no-restricted-syntax (sleep)': {
    path: 'test/register/planted.spec.ts',
    text: "it('waits', () => new Promise((resolve) => setTimeout(resolve, 1_000)));\n",
  },
  'house/explained-length': service('long', 'export {};\n'.repeat(251)),
  '@typescript-eslint/switch-exhaustiveness-check': service(
    'switch', "export function planted(state: 'in' | 'out'): number {\n  switch (state) {\n    case 'in':\n      return 1;\n  }\n  return 0;\n}\n",
  ),
};

describe('the lint rules', () => {
  const tree = new PlantedTree([...Object.values(PLANTS), service('explained', `// Over 250 lines because it is planted.\n${'export {};\n'.repeat(251)}`)]);
  let broken: Map<string, Set<string>>;

  beforeAll(async () => {
    broken = await lint(tree.root, ['apps/register/src/customers/planted-*.ts', 'test/register/planted.spec.ts']);
  }, 120_000);

  afterAll(() => tree.remove());

  it.each(Object.entries(PLANTS))('%s: red where it is broken, and for nothing else there', (rule, { path }) => {
    expect([...(broken.get(join(tree.root, path)) ?? [])]).toEqual([rule.replace(/ \(.*/, '')]);
  });

  it('let a file be long that says why', () => {
    expect([...(broken.get(join(tree.root, 'apps/register/src/customers/planted-explained.service.ts')) ?? ['not linted'])]).toEqual([]);
  });
});

function lint(root: string, patterns: readonly string[]): Promise<Map<string, Set<string>>> {
  const linter = join(PROJECT, 'node_modules/eslint/bin/eslint.js');
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [linter, '--format', 'json', ...patterns], { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (error, output, complaints) => {
      if (output === '') { reject(new Error(complaints || error?.message)); return; }
      const files = JSON.parse(output) as { filePath: string; messages: { ruleId: string | null; message: string }[] }[];
      resolve(new Map(files.map(({ filePath, messages }) => [filePath, new Set(messages.map(({ ruleId, message }) => ruleId ?? message))])));
    });
  });
}
