import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Cruise, cruise, PlantedTree, PROJECT } from './planted-tree.js';
import { BESIDE, PLANTS } from './plants.js';

interface Rule {
  readonly name: string;
  readonly from: { readonly path?: string };
}
const { forbidden } = createRequire(join(PROJECT, 'package.json'))('./.dependency-cruiser.cjs') as { forbidden: Rule[] };
const rules = forbidden.map(({ name }) => name);

describe('the dependency rules', () => {
  let tree: PlantedTree;
  let seen: Cruise;

  beforeAll(async () => {
    tree = new PlantedTree([...BESIDE, ...Object.values(PLANTS).flat()]);
    seen = await cruise(tree.root);
  }, 120_000);

  afterAll(() => tree.remove());

  it('hold in the tree as it is', async () => {
    expect((await cruise(PROJECT)).violations).toEqual([]);
  }, 120_000);

  it('are each broken by a plant', () => {
    expect(Object.keys(PLANTS).sort()).toEqual([...rules].sort());
  });

  it('say of every library what it may know', () => {
    const ruled = forbidden.map(({ from }) => from.path);
    expect(readdirSync(join(PROJECT, 'libs')).filter((library) => !ruled.includes(`^libs/${library}/`))).toEqual([]);
  });

  it.each(Object.entries(PLANTS).flatMap(([rule, plants]) => plants.map(({ path }) => [rule, path])))('%s: red for %s, and for nothing else there', (rule, path) => {
    const broken = new Set(seen.violations.filter(({ from }) => from === path).map((violation) => violation.rule));
    expect([...broken]).toEqual([rule]);
  });

  it('are red for nothing that was not planted', () => {
    const planted = new Set(Object.values(PLANTS).flat().map(({ path }) => path));
    expect(seen.violations.filter(({ from }) => !planted.has(from))).toEqual([]);
  });

  it('follow every import by #name into the sources', () => {
    expect(seen.named.length).toBeGreaterThan(100);
    expect(seen.named.filter(({ module, resolved }) => !/^(apps|libs|test)\/.*\.ts$/.test(resolved) && module !== '#contracts/nowhere.js')).toEqual([]);
  });
});
