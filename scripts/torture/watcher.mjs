// Asks marketing for lists the whole time, and holds every answer against what the register had acknowledged by then.
import { sleep } from '../lib/processes.mjs';
import { CHANNELS } from './person.mjs';

const PAUSE_MS = 150;

export class Watcher {
  constructor(client, byMarker, limitMs, random) {
    Object.assign(this, { client, byMarker, limitMs, random });
    this.lists = 0;
    this.refusals = 0;
    /** Lists that showed somebody who had left by the moment the list claims to be of, or that were too old. */
    this.violations = [];
    this.silenceMaxMs = 0;
  }

  start() {
    this.running = true;
    this.loop = this.watch();
  }

  async stop() {
    this.running = false;
    await this.loop;
  }

  async watch() {
    while (this.running) {
      await this.readAll(this.random.pick(CHANNELS)).catch(() => undefined); // marketing is down at times: that is a fault too
      await sleep(PAUSE_MS);
    }
  }

  async readAll(channel) {
    let cursor;
    do {
      const asked = Date.now();
      const { status, body } = await this.client.once('POST', '/v1/audience/query', { channel, limit: 1000, ...(cursor ? { cursor } : {}) }, { 'lupa-purpose': 'marketing' });
      if (status !== 200) {
        if (body.type?.endsWith('list-stale')) this.refusals += 1;
        return;
      }
      this.check(channel, body, asked, Date.now());
      cursor = body.nextCursor;
    } while (cursor && this.running);
  }

  check(channel, { asOf, contacts }, asked, received) {
    this.lists += 1;
    const age = asked - Date.parse(asOf);
    this.silenceMaxMs = Math.max(this.silenceMaxMs, age);
    if (age > this.limitMs) this.violations.push(`a list ${age} ms old was served (limit ${this.limitMs} ms)`);
    for (const { lastName, ref } of contacts) {
      const person = this.byMarker(lastName);
      if (!person?.mayBeListed(channel, Date.parse(asOf), received)) this.violations.push(`${ref} was listed for ${channel} as of ${asOf}`);
    }
  }
}
