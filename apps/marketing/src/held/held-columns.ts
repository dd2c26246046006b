/** Why something of a person is not told to her, or is told elsewhere. */
type Reason =
  /** It only ties the row to her or to another row. */
  | 'key'
  /** A keyed hash of an address that is told itself. */
  | 'keyed-hash'
  /** Told in another shape: which lists she is on, which exports and pages held her, who it was that read, how many answers are under way. */
  | 'told-as'
  /** It says something of the list or export as a whole, not of her. */
  | 'of-the-list'
  /** It says something only once the person is erased. */
  | 'of-the-erased'
  /** A number on its way from one table to another, for seconds. */
  | 'under-way'
  /** Which employee saw to it; she has a right to what was done, not to the name (CJEU C-579/21). */
  | 'colleague';

const told = (...columns: string[]): Record<string, 'told'> => Object.fromEntries(columns.map((column) => [column, 'told']));
const not = (reason: Reason, ...columns: string[]): Record<string, Reason> => Object.fromEntries(columns.map((column) => [column, reason]));
const CHANNEL_COLUMNS = ['email', 'sms', 'phone', 'post'].flatMap((channel) => ['since', 'wording_id', 'wording_version', 'source'].map((column) => `${channel}_${column}`));

/**
 * Every column of every table that knows a person, and whether `person.held.get` tells it (GDPR Art. 15). A test compares it with
 * the database, so that a column added later is either told or left out for a reason somebody has written down.
 */
export const HELD_COLUMNS: Readonly<Record<string, Readonly<Record<string, 'told' | Reason>>>> = {
  contact: {
    ...told(
      'first_name', 'last_name', 'language', 'birth_year', 'occupation', 'interests', 'email', 'phone', 'street_address', 'postal_code', 'city', 'country', 'slot',
      ...CHANNEL_COLUMNS,
    ),
    ...not('key', 'ref'), ...not('keyed-hash', 'email_digest', 'phone_digest'),
  },
  ref_state: { ...told('epoch', 'version', 'awaiting_data', 'slot'), ...not('key', 'ref'), ...not('under-way', 'pull_after'), ...not('of-the-erased', 'erased', 'rows_deleted') },
  answer: { ...not('told-as', 'id', 'epoch', 'version', 'erased', 'rows_deleted', 'applied_at'), ...not('key', 'ref') },
  parked: { ...told('queue', 'reason', 'times', 'first_at', 'last_at'), ...not('key', 'id', 'ref'), ...not('told-as', 'content', 'content_sha256') },
  person_read: { ...told('id', 'actor', 'purpose', 'route', 'read_at', 'channel', 'fields'), ...not('key', 'ref'), ...not('told-as', 'actor_kind', 'slots'), ...not('of-the-list', 'version') },
  snapshot: {
    ...told('id', 'name', 'channel', 'taken_at', 'expires_at'), ...not('colleague', 'owner'),
    ...not('of-the-list', 'filter', 'segment_id', 'segment_version', 'as_of', 'version', 'size_at'),
  },
  snapshot_members: { ...not('key', 'snapshot_id', 'block'), ...not('told-as', 'members') },
  export: {
    ...told('id', 'number', 'recipient', 'purpose', 'channel', 'requested_at', 'as_of'), ...not('colleague', 'requested_by', 'requested_by_kind'),
    ...not(
      'of-the-list', 'preset', 'delivery', 'bom', 'asked', 'condition', 'expires_at', 'state', 'reason', 'started_at', 'ended_at', 'next_slot', 'last_slot', 'expected',
      'rows', 'left_out', 'bytes', 'sha256', 'file', 'clean_due', 'stored_version', 'given_version', 'look_due', 'worker', 'worker_until', 'tries',
    ),
  },
  export_block: { ...not('key', 'export_id', 'block'), ...not('told-as', 'members', 'stored') },
  export_handover: { ...told('taken_at', 'outcome'), ...not('key', 'id', 'export_id'), ...not('colleague', 'taken_by') },
  export_removal: { ...told('noticed_at', 'acknowledged_at'), ...not('key', 'export_id', 'slot', 'recipient', 'number'), ...not('colleague', 'acknowledged_by') },
  export_correction: {
    ...told('recipient', 'channel', 'fields', 'noticed_at', 'acknowledged_at'), ...not('key', 'slot', 'version', 'number'), ...not('colleague', 'acknowledged_by'),
  },
  export_past: { ...told('recipient'), ...not('key', 'block'), ...not('told-as', 'members') },
  contact_change: not('under-way', 'version', 'slots', 'changed_at'),
  correction: not('under-way', 'version', 'field', 'slots'),
  departure: not('under-way', 'version', 'channel', 'slots'),
};

/** Tables that know nobody. */
export const TABLES_OF_NOBODY: Readonly<Record<string, string>> = {
  address_key: 'A hash of the key of address digests',
  audience_version: 'A number that counts changes',
  growth: 'Counts by day; nobody can be found in them',
  link_state: 'How far the link to the register is',
  migrations: 'Which migrations ran',
  pulse: 'Numbers that count on: how far this database has come',
  recipient_look: 'Recipients, and how far they were looked at',
  segment: 'Names of saved filters',
  statement_key: 'Public keys of marketing',
  segment_version: 'Saved filters, which describe people and name none',
};

/** Columns that lead to a person. */
export const TIES = ['ref', 'slot', 'slots', 'email', 'phone'] as const;
