import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Channel } from '#contracts/channel.js';
import { Failure, type FieldError } from '#http/failure.js';
import { pointerOf } from '#http/pointer.js';
import { check } from '#http/validation.js';
import { SNAPSHOT_UNKNOWN } from '../audience/audience.errors.js';
import type { Condition } from '../audience/condition.js';
import { type Filter, FilterSchema } from '../audience/filter.schemas.js';
import { resolveFilter, snapshotsIn } from '../audience/resolve-filter.js';
import { CHANNEL_DIFFERS, SEGMENT_OUTDATED, SEGMENT_UNKNOWN } from './segments.errors.js';
import { readSegment } from './segments.sql.js';
import type { SegmentRef, Selection } from './selection.schemas.js';
import { readTaken } from './snapshots.sql.js';

/** Who is meant, with nothing left open but the people. */
export interface Selected {
  readonly channel: Channel;
  readonly filter: Filter;
  readonly condition: Condition;
  /** The segment that was named, with the version that was used. */
  readonly segment?: { readonly id: string; readonly version: number };
  /** When the snapshots of the filter were taken, seconds since 1970. */
  readonly snapshots: ReadonlyMap<string, number>;
}

type Path = readonly (string | number)[];

/** Looks up what a request only names: the segment, and the snapshots of the filter. */
@Injectable()
export class SelectionService {
  /**
   * Reads with `manager`: on one snapshot with the people, when they are read with it too.
   * @param now what ages and days are counted from
   * @param at where in the body the selection stands
   * @throws Failure `segment-unknown`, `segment-outdated`, `channel-differs`, `snapshot-unknown`
   */
  async resolve(manager: EntityManager, selection: Selection, now: Date, at: Path = []): Promise<Selected> {
    const meant = selection.segment === undefined
      ? { channel: selection.channel, filter: selection.filter ?? {} }
      : await this.saved(manager, selection.segment, at);
    const channel = selection.channel ?? meant.channel;
    if (channel === undefined) throw new Error('a selection has passed that names neither channel nor segment');
    if (meant.channel !== channel) throw wrong(CHANNEL_DIFFERS, [...at, 'segment'], 'channel-differs', `must be a segment of the channel ${channel}`);
    const snapshots = await this.takenOf(manager, channel, meant.filter, selection.segment ? [...at, 'segment'] : [...at, 'filter'], selection.segment !== undefined);
    return { ...meant, channel, snapshots, condition: resolveFilter(meant.filter, { channel, now, snapshots }) };
  }

  private async saved(manager: EntityManager, { id, version }: SegmentRef, at: Path): Promise<Omit<Selected, 'condition' | 'snapshots'>> {
    const segment = await readSegment(manager, id, version);
    if (segment === undefined) throw wrong(SEGMENT_UNKNOWN, [...at, 'segment'], 'unknown', 'must be a segment, and a version it has');
    if (segment.archivedAt !== null) throw wrong(SEGMENT_UNKNOWN, [...at, 'segment'], 'archived', 'must be a segment that is not archived');
    const used = { id, version: segment.version };
    const filter = check(FilterSchema, segment.filter, { in: 'body' });
    if (!filter.ok) throw new Failure(SEGMENT_OUTDATED, { errors: filter.errors, extra: { segment: used } });
    return { channel: segment.channel, filter: filter.value, segment: used };
  }

  /** When the snapshots of a filter were taken, in seconds since 1970. */
  private async takenOf(manager: EntityManager, channel: Channel, filter: Filter, at: Path, isSaved: boolean): Promise<Map<string, number>> {
    const named = snapshotsIn(filter);
    if (named.length === 0) return new Map();
    const taken = await readTaken(manager, named.map(({ id }) => id));
    // What stands in a saved filter is no place in the body.
    const pointer = (path: Path): string => pointerOf(isSaved ? at : [...at, ...path]);
    const errors = named.flatMap(({ id, path }): (FieldError & { differs: boolean })[] => {
      const snapshot = taken.get(id);
      if (snapshot === undefined) return [{ pointer: pointer(path), code: 'snapshot-unknown', detail: 'must name a snapshot that has not expired', differs: false }];
      if (snapshot.channel === channel) return [];
      return [{ pointer: pointer(path), code: 'channel-differs', detail: `must name a snapshot of the channel ${channel}`, differs: true }];
    });
    if (errors.length > 0) {
      const definition = errors.every(({ differs }) => differs) ? CHANNEL_DIFFERS : SNAPSHOT_UNKNOWN;
      throw new Failure(definition, { errors: errors.map(({ pointer: place, code, detail }) => ({ pointer: place, code, detail })) });
    }
    return new Map([...taken].map(([id, { takenAt }]) => [id, takenAt]));
  }
}

function wrong(definition: typeof SEGMENT_UNKNOWN, path: Path, code: string, detail: string): Failure {
  return new Failure(definition, { errors: [{ pointer: pointerOf(path), code, detail }] });
}
