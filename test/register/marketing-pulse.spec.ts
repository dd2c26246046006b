import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { MAX_PULSES, type Pulse } from '#contracts/pulse.js';
import { registerDataSource } from '#register/database/data-source.js';
import { adoptMarketingEpoch, notePulse } from '#register/sync/marketing-epoch.js';
import { readWatermark } from '#register/sync/watermark.publisher.js';
import { createTestDatabase, type TestDatabase } from '#test/support/database.js';

let at: TestDatabase;
let database: DataSource;
beforeEach(async () => {
  at = await createTestDatabase('register-pulse', registerDataSource);
  database = await registerDataSource(at.url, 2).initialize();
});
afterEach(async () => {
  await database.destroy();
  await at.drop();
});

let clock = Date.UTC(2026, 0, 15);

/** As a message of marketing is heard, each later than the one before. */
const hear = (epoch: string, pulse?: Pulse) => database.transaction(async (manager) => {
  const standing = await adoptMarketingEpoch(manager, epoch, new Date(clock += 1_000).toISOString());
  if (pulse) await notePulse(manager, epoch, pulse);
  return standing;
});
const repeated = async () => (await readWatermark(database))!.pulses.sort((a, b) => a.count - b.count);

describe('how far marketing has counted', () => {
  it('is repeated with the watermark: of each process the most it has said, whatever comes late', async () => {
    const [epoch, one, other] = [randomUUID(), randomUUID(), randomUUID()];
    await hear(epoch);
    expect(await repeated()).toEqual([]);
    for (const count of [1, 2, 1]) await hear(epoch, { instance: one, count });
    await hear(epoch, { instance: other, count: 7 });
    expect(await repeated()).toEqual([{ instance: one, count: 2 }, { instance: other, count: 7 }]);
  });

  it('is no measure of another epoch', async () => {
    const [before, after, instance] = [randomUUID(), randomUUID(), randomUUID()];
    await hear(before, { instance: randomUUID(), count: 90 });
    await hear(after, { instance, count: 1 });
    expect(await repeated()).toEqual([{ instance, count: 1 }]);
  });

  it('is held out whole to an epoch that comes back: its database was put back to before the next one', async () => {
    const [before, after, one, other] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
    await hear(before, { instance: one, count: 90 });
    await hear(after, { instance: other, count: 95 });
    expect(await hear(before, { instance: one, count: 80 })).toBe('adopted');
    expect(await repeated()).toEqual([{ instance: one, count: 90 }, { instance: other, count: 95 }]);
    const [again, third] = [randomUUID(), randomUUID()];
    await hear(again, { instance: third, count: 1 });
    expect(await repeated()).toEqual([{ instance: third, count: 1 }]);
  });

  it('is repeated of those heard of last', async () => {
    const epoch = randomUUID();
    for (let count = 1; count <= MAX_PULSES + 3; count += 1) await hear(epoch, { instance: randomUUID(), count });
    expect((await repeated()).map(({ count }) => count)).toEqual(Array.from({ length: MAX_PULSES }, (_, index) => index + 4));
  });
});
