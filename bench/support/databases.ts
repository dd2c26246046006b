import pg from 'pg';

/** Runs statements on one connection and closes it. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A database on the same server, empty or a copy, in the place of the one of that name; owned by the same user as `ownerUrl`'s. Returns its address. */
export async function createDatabase(adminUrl: string, ownerUrl: string, name: string, copyOf?: string): Promise<string> {
  const address = new URL(ownerUrl);
  await withClient(adminUrl, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    const { rows: [server] } = await client.query<{ version: number }>(`SELECT current_setting('server_version_num')::int AS version`);
    // Gigabytes through the log would take several times as long; before version 15 there was only this way.
    const copied = copyOf === undefined ? '' : ` TEMPLATE ${copyOf}${(server?.version ?? 0) >= 150_000 ? ' STRATEGY file_copy' : ''}`;
    await client.query(`CREATE DATABASE ${name} OWNER ${address.username}${copied}`);
  });
  address.pathname = `/${name}`;
  return address.href;
}

/** Customers that were there before, so that indexes have a real depth. Nobody of them is known to marketing. */
export async function fillRegister(url: string, size: number): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(
      `WITH person AS (
         INSERT INTO customer (id, ref, first_name, last_name, email, email_index, country, language, birth_year, interests, provenance)
         SELECT gen_random_uuid(), gen_random_uuid(), 'Aino', 'Virtanen', 'vanha.' || n || '@example.fi', sha256(('vanha' || n)::bytea), 'FI', 'fi', 1987,
                '{balloons}', '{"contact.email": {"source": "customer", "actor": "bench", "at": "2026-01-15T10:00:00.000Z"}}'
           FROM generate_series(1, $1::int) AS n
         ON CONFLICT (email_index) DO NOTHING RETURNING id)
       INSERT INTO consent (customer_id, purpose, channel, decision, decided_at, source_system)
       SELECT id, 'marketing', 'email', 'withdrawn', now(), 'web-shop' FROM person`,
      [size],
    );
    await client.query('ANALYZE');
  });
}

/** The same number of people in the tables that TypeORM made for the baseline. */
export async function fillBaseline(url: string, size: number): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(
      `WITH person AS (
         INSERT INTO customer ("firstName", "lastName", email, phone, language, street, "postalCode", city, country, "birthYear", interests)
         SELECT 'Aino', 'Virtanen', 'vanha.' || n || '@example.fi', '', 'fi', '', '', '', 'FI', 1987, '{balloons}'
           FROM generate_series(1, $1::int) AS n RETURNING id)
       INSERT INTO consent ("customerId", purpose, channel, decision, "decidedAt", method, form, "sourceSystem", "wordingId", "wordingVersion")
       SELECT id, 'marketing', 'email', 'withdrawn', now(), '', '', '', '', 1 FROM person`,
      [size],
    );
    await client.query('ANALYZE');
  });
}

/** What psql and pgbench read a connection from: the environment, because arguments can be read by every process of the machine. */
export function connectionVariables(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname } = new URL(url);
  return { PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: decodeURIComponent(password), PGDATABASE: pathname.slice(1) };
}
