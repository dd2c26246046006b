import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Requests of data subjects (GDPR Art. 15-21) and every step taken for them. */
export class Requests1700000000004 implements MigrationInterface {
  readonly name = 'Requests1700000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE data_request (
        id                uuid PRIMARY KEY,
        -- Null once the person was erased: kind, days and outcome stay, and lead to nobody.
        customer_id       uuid REFERENCES customer,
        kind              text NOT NULL CHECK (kind IN ('access', 'portability', 'rectification', 'erasure', 'restriction', 'objection')),
        received_at       timestamptz NOT NULL,
        received_by       text NOT NULL CHECK (received_by IN ('self-service', 'email', 'phone', 'letter', 'in-person', 'other')),
        -- The last day on which the answer is in time, in Finland.
        due_on            date NOT NULL,
        -- A user name of staff, or 'contact:data-protection', which no user name can be.
        assignee          text NOT NULL,
        state             text NOT NULL CHECK (state IN ('open', 'waiting-for-person', 'extended', 'done', 'refused')),
        extension_reason  text CHECK (extension_reason IN ('complexity', 'number-of-requests')),
        extension_told_at timestamptz,
        outcome           text,
        closed_at         timestamptz,
        -- 'customer', or kind and name of who recorded it; null once the person was erased.
        created_by        text,
        CHECK ((extension_reason IS NULL) = (extension_told_at IS NULL)),
        CHECK (state <> 'extended' OR extension_reason IS NOT NULL),
        CHECK ((state IN ('done', 'refused')) = (closed_at IS NOT NULL)),
        CHECK (CASE state
          WHEN 'done' THEN outcome IN ('carried-out', 'closed-by-erasure')
          WHEN 'refused' THEN outcome IN ('manifestly-unfounded', 'excessive', 'identity-not-shown', 'exemption', 'not-applicable')
          ELSE outcome IS NULL END)
      );
      CREATE INDEX data_request_due ON data_request (due_on, id) WHERE closed_at IS NULL;
      CREATE INDEX data_request_customer ON data_request (customer_id) WHERE customer_id IS NOT NULL;

      CREATE TABLE data_request_step (
        id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        request_id  uuid NOT NULL,
        customer_id uuid NOT NULL,
        at          timestamptz NOT NULL DEFAULT now(),
        actor       text NOT NULL,
        actor_kind  text NOT NULL,
        step        text NOT NULL CHECK (step IN ('received', 'assigned', 'asked-person', 'person-answered', 'extended', 'done', 'refused')),
        -- Who had the request from this step on: with 'received' and 'assigned'.
        assignee    text CHECK ((assignee IS NOT NULL) = (step IN ('received', 'assigned'))),
        reason      text,
        told_at     timestamptz,
        told_by     text,
        note        text
      );
      CREATE INDEX data_request_step_request ON data_request_step (request_id, id);
      CREATE INDEX data_request_step_customer ON data_request_step (customer_id);
      CREATE TRIGGER data_request_step_append_only BEFORE UPDATE OR DELETE ON data_request_step
        FOR EACH ROW EXECUTE FUNCTION refuse_change();
      CREATE TRIGGER data_request_step_no_truncate BEFORE TRUNCATE ON data_request_step
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

      -- The log is written in the order of time: ranges of pages find a period, at next to no cost for a read.
      CREATE INDEX access_log_at ON access_log USING brin (at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX access_log_at; DROP TABLE data_request_step, data_request;');
  }
}
