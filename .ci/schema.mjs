// Prints what a service's database holds besides TypeORM's own list of migrations, one sorted line each: columns, constraints, indexes, triggers, functions, types.
import pg from 'pg';

const url = process.env[`${process.argv[2].toUpperCase()}_DATABASE_URL`];
const client = new pg.Client({ connectionString: url });
await client.connect();
const { rows } = await client.query(`
  WITH ours AS (
    SELECT c.oid, c.relname, c.relkind FROM pg_class c
    LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid
    WHERE c.relnamespace = 'public'::regnamespace AND coalesce(t.relname, c.relname) NOT IN ('migrations', 'migrations_id_seq')
  )
  SELECT 'column ' || o.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS line
    FROM ours o JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum > 0 AND NOT a.attisdropped LEFT JOIN pg_attrdef d ON d.adrelid = o.oid AND d.adnum = a.attnum
    WHERE o.relkind IN ('r', 'p', 'v', 'm')
  UNION ALL SELECT 'constraint ' || o.relname || ' ' || k.conname || ' ' || pg_get_constraintdef(k.oid) FROM ours o JOIN pg_constraint k ON k.conrelid = o.oid
  UNION ALL SELECT 'index ' || pg_get_indexdef(o.oid) FROM ours o WHERE o.relkind = 'i'
  UNION ALL SELECT 'sequence ' || o.relname FROM ours o WHERE o.relkind = 'S'
  UNION ALL SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM ours o JOIN pg_trigger t ON t.tgrelid = o.oid AND NOT t.tgisinternal
  UNION ALL SELECT 'function ' || pg_get_functiondef(p.oid) FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p') AND NOT EXISTS (SELECT 1 FROM pg_depend e WHERE e.objid = p.oid AND e.deptype = 'e')
  UNION ALL SELECT 'type ' || t.typname FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace AND t.typtype IN ('e', 'd')
  ORDER BY 1`);
await client.end();
for (const { line } of rows) console.log(line.replaceAll(/\s+/g, ' '));
