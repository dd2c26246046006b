import type { TableAnnotation } from './annotation.js';
import { CUSTOMER } from './customer-annotations.js';
import {
  CONSENT, CONSENT_RECORD, DISCLOSURE, DISCLOSURE_CONSENT_RECORD, DISCLOSURE_NOTICE, GUARDIAN_CONSENT, RECIPIENT_NOTICE,
} from './decision-annotations.js';
import { ACCESS_LOG, DATA_REQUEST, DATA_REQUEST_STEP, LEGAL_HOLD, STANDING_RECORD } from './rights-annotations.js';
import { FORMER_VALUE, IDEMPOTENCY_KEY, SUPPRESSION, SYNC_PENDING } from './trace-annotations.js';

/**
 * Every table that holds something of a customer, every column of it annotated (R3): what is told to her, under which name, on what
 * ground, or why not. The bundle, its JSON Schema and its page are made of this; a test and `personal-data:check` compare it with the
 * database, so that a column added later cannot be missing. In the order of the bundle.
 */
export const PERSONAL_DATA = {
  customer: CUSTOMER,
  former_value: FORMER_VALUE,
  consent: CONSENT,
  consent_record: CONSENT_RECORD,
  guardian_consent: GUARDIAN_CONSENT,
  suppression: SUPPRESSION,
  disclosure: DISCLOSURE,
  disclosure_consent_record: DISCLOSURE_CONSENT_RECORD,
  disclosure_notice: DISCLOSURE_NOTICE,
  recipient_notice: RECIPIENT_NOTICE,
  data_request: DATA_REQUEST,
  data_request_step: DATA_REQUEST_STEP,
  standing_record: STANDING_RECORD,
  legal_hold: LEGAL_HOLD,
  access_log: ACCESS_LOG,
  sync_pending: SYNC_PENDING,
  idempotency_key: IDEMPOTENCY_KEY,
} as const satisfies Readonly<Record<string, TableAnnotation>>;
export type PersonalTable = keyof typeof PERSONAL_DATA;
export const PERSONAL_TABLES = Object.keys(PERSONAL_DATA) as PersonalTable[];

/** Tables that hold nothing of a customer, and what they hold. */
export const TABLES_OF_NOBODY: Readonly<Record<string, string>> = {
  certificate_key: 'Keys that sign certificates of erasure',
  erasure_appeal: 'Of cases of abuse: when contested, how answered; a case leads to nobody',
  erasure_case: 'Of people who are erased: when, on what ground, how answered; nothing leads to them',
  key_check: 'By which keys this database was filled, as keyed hashes of a fixed text',
  link_state: 'How far the link to marketing is',
  login_failure: 'Keyed hashes of user names and addresses that failed to log in',
  marketing_pulse: 'How far processes of marketing have counted',
  migrations: 'Which migrations ran',
  program: 'Programs that may call',
  pulse: 'A number that counts on: how far this database has come',
  retention_run: 'Which rules of retention ran on which day',
  search_round: 'When all stores were searched for the erased, and what was stated',
  signing_key: 'Keys that sign tokens',
  staff: 'Employees who may log in',
  wording: 'Texts people decide on',
};

/** Columns that lead to a customer: a table that has one holds somebody. `ref` of an erasure case leads to nobody any more. */
export const TIES = ['customer_id', 'disclosure_id', 'first_name', 'last_name', 'email', 'phone'] as const;

/** What `unannotated` compares with the live schema. */
export const ANNOTATED = {
  columns: Object.fromEntries(PERSONAL_TABLES.map((table) => [table, PERSONAL_DATA[table].columns])),
  ofNobody: TABLES_OF_NOBODY,
};
