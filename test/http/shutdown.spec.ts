import { jest } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { createHttpApp } from '#http/create-http-app.js';
import { JsonLogger } from '#http/logger.js';

// Each application starts on its own; on a busy machine that takes seconds.
jest.setTimeout(30_000);

let entered: () => void;
let release: () => void;

@Controller()
class SlowController {
  @Get('slow')
  async slow(): Promise<object> {
    entered();
    await new Promise<void>((resolve) => (release = resolve));
    return { done: true };
  }
}
@Module({ controllers: [SlowController] })
class SlowModule {}

async function startWithOneRequestInFlight(closingPatienceMs: number) {
  const app = await createHttpApp(SlowModule, {
    service: 'slow',
    api: { title: 'Slow', description: '', version: '1' },
    logger: new JsonLogger('slow', 'silent'),
    closingPatienceMs,
  });
  await app.listen(0, '127.0.0.1');
  const inside = new Promise<void>((resolve) => (entered = resolve));
  const answer = fetch(`${await app.getUrl()}/slow`).then((response) => response.json(), () => 'cut off');
  await inside;
  return { app, answer };
}

describe('shutdown', () => {
  it('lets a request in flight finish', async () => {
    const { app, answer } = await startWithOneRequestInFlight(4_000);
    const closed = app.close();
    release();
    expect(await answer).toEqual({ done: true });
    await closed;
  });

  it('cuts off a request that takes too long', async () => {
    const { app, answer } = await startWithOneRequestInFlight(50);
    await app.close();
    expect(await answer).toBe('cut off');
    release();
  });
});
