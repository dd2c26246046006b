import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

export const PROJECT = process.cwd();

const COPIED = ['apps', 'libs', 'test', 'bench', 'scripts/lint', 'package.json', 'tsconfig.json', '.dependency-cruiser.cjs', 'eslint.config.js'];

/** One file that breaks a rule. */
export interface Plant {
  readonly path: string;
  readonly text: string;
  /** No entry point imports it. */
  readonly unreached?: boolean;
}

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** A copy of the sources with violations planted in it; `node_modules` is shared with the original. */
export class PlantedTree {
  readonly root = mkdtempSync(join(tmpdir(), 'lupa-architecture-'));

  constructor(plants: readonly Plant[]) {
    for (const each of COPIED) cpSync(join(PROJECT, each), join(this.root, each), { recursive: true });
    symlinkSync(join(PROJECT, 'node_modules'), join(this.root, 'node_modules'));
    for (const plant of plants) {
      mkdirSync(dirname(join(this.root, plant.path)), { recursive: true });
      writeFileSync(join(this.root, plant.path), plant.text);
      if (!plant.unreached) this.reach(plant.path);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Imports the file from an entry point that may, so that nothing is wrong with it but what was planted. */
  private reach(path: string): void {
    if (!/^(apps|libs)\//.test(path)) return;
    const entry = path.startsWith('apps/marketing/') ? 'apps/marketing/src/cli.ts' : 'apps/register/src/cli.ts';
    const specifier = relative(dirname(entry), path).replace(/\.ts$/, '.js');
    appendFileSync(join(this.root, entry), `\nimport '${specifier.startsWith('.') ? specifier : `./${specifier}`}';\n`);
  }
}

/** What the cruiser saw: broken rules, and where the imports by `#name` lead. */
export interface Cruise {
  readonly violations: readonly Violation[];
  readonly named: readonly { readonly module: string; readonly resolved: string }[];
}

/** Runs the dependency rules as `npm run lint` does. */
export async function cruise(root: string): Promise<Cruise> {
  const { modules, summary } = await cruiserReport(root);
  return {
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
    named: modules.flatMap((module) => module.dependencies).filter(({ module }) => module.startsWith('#')),
  };
}

interface CruiserReport {
  readonly modules: readonly { readonly dependencies: readonly { module: string; resolved: string }[] }[];
  readonly summary: { readonly violations: readonly { rule: { name: string }; from: string; to: string }[] };
}

function cruiserReport(root: string): Promise<CruiserReport> {
  const cruiser = join(PROJECT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cruiser, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'apps', 'libs', 'test', 'bench'];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: root, maxBuffer: 64 * 1024 * 1024 }, (error, output, complaints) => {
      if (output === '') reject(new Error(complaints || error?.message));
      else resolve(JSON.parse(output) as CruiserReport);
    });
  });
}
