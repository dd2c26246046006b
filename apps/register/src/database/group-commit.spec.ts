import { GroupCommit } from './group-commit.js';

class Refused extends Error {}

/** A store that answers when told to, and refuses negative numbers together with all that came along. */
function store() {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  const execute = async (items: readonly number[]) => {
    batches.push([...items]);
    await new Promise<void>((resolve) => gates.push(resolve));
    if (items.some((item) => item < 0)) throw new Refused();
    return items.map((item) => item * 2);
  };
  const answer = async () => {
    await new Promise(setImmediate);
    gates.splice(0).forEach((open) => { open(); });
    await new Promise(setImmediate);
  };
  return { batches, execute, answer };
}

const group = (execute: (items: readonly number[]) => Promise<number[]>, lanes = 1) =>
  new GroupCommit({ execute, isFaultOfOne: (error) => error instanceof Refused, maxItems: 3, lanes });

describe('group commit', () => {
  it('gives each caller its own result', async () => {
    const { execute, answer } = store();
    const commit = group(execute);
    const results = Promise.all([commit.run(1), commit.run(2)]);
    await answer();
    expect(await results).toEqual([2, 4]);
  });

  it('sends together what came while another commit was under way, up to the limit', async () => {
    const { execute, batches, answer } = store();
    const commit = group(execute);
    const results = [commit.run(1)];
    await new Promise(setImmediate);
    results.push(...[2, 3, 4, 5].map((item) => commit.run(item)));
    expect(batches).toEqual([[1]]);
    for (let i = 0; i < 3; i++) await answer();
    expect(batches).toEqual([[1], [2, 3, 4], [5]]);
    expect(await Promise.all(results)).toEqual([2, 4, 6, 8, 10]);
  });

  it('uses its lanes at the same time', async () => {
    const { execute, batches, answer } = store();
    const commit = group(execute, 2);
    const first = commit.run(1);
    await new Promise(setImmediate);
    const second = commit.run(2);
    await new Promise(setImmediate);
    expect(batches).toEqual([[1], [2]]);
    await answer();
    expect(await Promise.all([first, second])).toEqual([2, 4]);
  });

  it('lets one bad item fail alone', async () => {
    const { execute, batches, answer } = store();
    const commit = group(execute);
    const results = Promise.allSettled([commit.run(1), commit.run(-1), commit.run(3)]);
    for (let i = 0; i < 2; i++) await answer();
    expect((await results).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(batches).toEqual([[1, -1, 3], [1], [-1], [3]]);
  });

  it('fails all when nobody alone is to blame, and goes on', async () => {
    let away = true;
    const commit = group((items) => (away ? Promise.reject(new Error('away')) : Promise.resolve([...items])));
    const failed = await Promise.allSettled([commit.run(1), commit.run(2)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    away = false;
    expect(await commit.run(3)).toBe(3);
  });
});
