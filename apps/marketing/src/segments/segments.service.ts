import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { errorCode } from '#database/database-errors.js';
import { assertVersion } from '#http/etag.js';
import { Failure } from '#http/failure.js';
import { inTransaction } from '../database/transaction.js';
import { SEGMENT_ARCHIVED, SEGMENT_NAME_TAKEN, SEGMENT_NOT_FOUND } from './segments.errors.js';
import type { Segment, SegmentContent, SegmentPage, VersionPage } from './segments.schemas.js';
import { archiveSegment, insertNextVersion, insertSegment, lockSegment, readSegment, readSegments, readVersions } from './segments.sql.js';
import { SelectionService } from './selection.service.js';

/** Saved filters with a name, an owner and all their versions. What they find is asked anew at every use. */
@Injectable()
export class SegmentsService {
  constructor(
    private readonly database: DataSource,
    private readonly selections: SelectionService,
  ) {}

  /** @throws Failure `segment-name-taken`, `snapshot-unknown`, `channel-differs` */
  create(content: SegmentContent, owner: string): Promise<Segment> {
    return inTransaction(this.database, async (manager) => {
      await this.selections.resolve(manager, content, new Date());
      const id = randomUUID();
      if (!(await insertSegment(manager, id, content, owner))) throw nameTaken();
      return found(await readSegment(manager, id));
    });
  }

  /**
   * Makes the next version, which becomes the one in use.
   * @throws Failure `segment-not-found`, `segment-archived`, `version-mismatch`, `segment-name-taken`, `snapshot-unknown`, `channel-differs`
   */
  async change(id: string, read: number, content: SegmentContent, author: string): Promise<Segment> {
    try {
      return await inTransaction(this.database, async (manager) => {
        const standing = found(await lockSegment(manager, id));
        if (standing.archived) throw new Failure(SEGMENT_ARCHIVED);
        assertVersion(read, standing.version);
        await this.selections.resolve(manager, content, new Date());
        await insertNextVersion(manager, id, standing.version + 1, content, author);
        return found(await readSegment(manager, id));
      });
    } catch (error) {
      if (errorCode(error) === UNIQUE_VIOLATION) throw nameTaken();
      throw error;
    }
  }

  /**
   * Takes it out of use; its name is free again, its versions can still be read. Again: nothing happens.
   * @throws Failure `segment-not-found`
   */
  archive(id: string): Promise<void> {
    return inTransaction(this.database, async (manager) => {
      found(await lockSegment(manager, id));
      await archiveSegment(manager, id);
    });
  }

  /** The newest version, or the one named. @throws Failure `segment-not-found` */
  async read(id: string, version?: number): Promise<Segment> {
    return found(await readSegment(this.database.manager, id, version));
  }

  async list(limit: number, cursor: string | undefined): Promise<SegmentPage> {
    const rows = await readSegments(this.database.manager, cursor, limit + 1);
    const segments = rows.slice(0, limit);
    return { segments, nextCursor: rows.length > limit ? (segments.at(-1)?.id ?? null) : null };
  }

  /** Newest first. @throws Failure `segment-not-found` */
  async versions(id: string, limit: number, cursor: number | undefined): Promise<VersionPage> {
    const rows = await readVersions(this.database.manager, id, cursor, limit + 1);
    if (rows.length === 0 && cursor === undefined) throw new Failure(SEGMENT_NOT_FOUND);
    const versions = rows.slice(0, limit);
    return { versions, nextCursor: rows.length > limit ? String(versions.at(-1)?.version) : null };
  }
}

const UNIQUE_VIOLATION = '23505';

function found<T>(segment: T | undefined): T {
  if (segment === undefined) throw new Failure(SEGMENT_NOT_FOUND);
  return segment;
}

function nameTaken(): Failure {
  return new Failure(SEGMENT_NAME_TAKEN, { errors: [{ pointer: '#/name', code: 'taken', detail: 'must not be the name of another segment' }] });
}
