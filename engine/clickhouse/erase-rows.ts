import { addToScope, countScope, type ErasureScope, scoped } from './erasure-scope.ts';
import type { Store } from './store.ts';
import { waitForFiles } from './wait-for-files.ts';

/** A table of the org, with what of its columns tells whose a row is. */
interface Table {
  readonly name: string;
  readonly columns: ReadonlySet<string>;
}

/** Until it is done, also where the store is a cluster. */
const SETTINGS = { mutations_sync: 2, allow_nondeterministic_mutations: 1 } as const;

/** Not an org's data, or taken care of by name. */
const APART: ReadonlySet<string> = new Set(['migrations', 'erasure_scope']);

const EVIDENCE = `arrayExists(e -> e.1 IN ${scoped('trace')} OR concat(e.1, '/', e.2) IN ${scoped('span')}, evidence)`;

/** By which columns a row is known to be in the scope; a table that has one of the sets in full is looked at. */
const CONDITIONS: readonly { readonly columns: readonly string[]; readonly sql: string }[] = [
  { columns: ['TraceId'], sql: `TraceId IN ${scoped('trace')}` },
  { columns: ['TraceId', 'SpanId'], sql: `concat(TraceId, '/', SpanId) IN ${scoped('span')}` },
  { columns: ['SessionId'], sql: `SessionId IN ${scoped('session')}` },
  // Of a user's spans the scope names each; records and points of others are theirs by the column alone.
  { columns: ['UserId', 'LogId'], sql: `UserId IN ${scoped('user')}` },
  { columns: ['UserId', 'SeriesId'], sql: `UserId IN ${scoped('user')}` },
  { columns: ['EventTraceId'], sql: `EventTraceId IN ${scoped('trace')}` },
  { columns: ['EventTraceId', 'EventSpanId'], sql: `concat(EventTraceId, '/', EventSpanId) IN ${scoped('span')}` },
  { columns: ['subject', 'purpose'], sql: `subject IN ${scoped('session')} OR subject IN ${scoped('alert')}` },
  { columns: ['trace_id'], sql: `trace_id IN ${scoped('trace')}` },
  { columns: ['trace_id', 'span_id'], sql: `concat(trace_id, '/', span_id) IN ${scoped('span')}` },
  { columns: ['session_id'], sql: `session_id IN ${scoped('session')}` },
  { columns: ['user_id'], sql: `user_id IN ${scoped('user')}` },
  {
    columns: ['entity_kind', 'entity_value'],
    sql: `(entity_kind = 'session' AND entity_value IN ${scoped('session')})`,
  },
  { columns: ['entity_kind', 'entity_value'], sql: `(entity_kind = 'trace' AND entity_value IN ${scoped('trace')})` },
  { columns: ['entity_kind', 'entity_value'], sql: `(entity_kind = 'user' AND entity_value IN ${scoped('user')})` },
  { columns: ['evidence'], sql: EVIDENCE },
  { columns: ['finding_id', 'score'], sql: `finding_id IN ${scoped('finding')}` },
  { columns: ['alert_id'], sql: `alert_id IN ${scoped('alert')}` },
  // What was made of an alert goes with any part of it.
  {
    columns: ['alert_id', 'alert_version'],
    sql: `alert_id IN (SELECT alert_id FROM alert_events WHERE session_id IN ${scoped('session')} OR ${EVIDENCE})`,
  },
  { columns: ['delivery_id'], sql: `delivery_id IN ${scoped('delivery')}` },
];

export interface ErasedRows {
  readonly spans: number;
  readonly others: number;
}

/**
 * Erases everything in the scope from an org's tables, whichever have columns that tell whose a row is, and waits until the files that held
 * it are gone. An alert that rests on nothing else goes as a whole; of one that has other matches, the touched ones keep their place without
 * what they told. Repeating it is harmless. Throws STORE_REFUSED, STORE_UNAVAILABLE.
 */
export async function eraseRows(scope: ErasureScope): Promise<ErasedRows> {
  const { store, database } = scope;
  const tables = await tablesOf(store, database);
  const alerts = tables.find(({ name }) => name === 'alert_events');
  const counts = new Map<string, number>();
  const touched = tables.filter((table) => conditionOf(table) !== undefined);
  for (const table of touched) counts.set(table.name, await countMatching(scope, table));
  const hit = touched.filter(({ name }) => (counts.get(name) ?? 0) > 0);
  // Others tell by the log whose they are.
  for (const table of hit.toSorted((a, b) => Number(a === alerts) - Number(b === alerts))) {
    await store.command(`ALTER TABLE ${table.name} MODIFY SETTING old_parts_lifetime = 0`, {}, { database });
    if (table === alerts) await blankEvents(scope, table);
    const condition = table === alerts ? `alert_id IN ${scoped('alert')}` : conditionOf(table);
    await mutate(scope, `ALTER TABLE ${table.name} DELETE WHERE ${condition}`);
  }
  const rollUps = await eraseRollUps(scope);
  for (const table of [...hit.map(({ name }) => name), ...rollUps]) await waitForFiles(store, database, table);
  for (const { name } of hit)
    await store.command(`ALTER TABLE ${name} RESET SETTING old_parts_lifetime`, {}, { database });
  const rows = [...counts.values()].reduce((sum, count) => sum + count, 0);
  // Rows of spans that were sent twice are there twice until they are merged.
  return { spans: await countScope(scope, 'span'), others: rows - (counts.get('otel_traces') ?? 0) };
}

/** Rows that are still there, of all tables: nothing when an erasure is done. */
export async function countScopedRows(scope: ErasureScope): Promise<number> {
  let rows = 0;
  for (const table of await tablesOf(scope.store, scope.database))
    if (conditionOf(table) !== undefined) rows += await countMatching(scope, table);
  return rows;
}

/** Empties every table of an org; its schema stays. Answers the spans there were. */
export async function eraseDatabase(store: Store, database: string): Promise<ErasedRows> {
  const tables = await tablesOf(store, database);
  let spans = 0;
  let others = 0;
  for (const { name } of [...tables, { name: 'erasure_scope' }]) {
    const [row] = await store.query<{ rows: string }>(`SELECT count() AS rows FROM ${name}`, {}, { database });
    if (name === 'otel_traces') spans = Number(row?.rows ?? 0);
    else others += Number(row?.rows ?? 0);
    await store.command(`ALTER TABLE ${name} MODIFY SETTING old_parts_lifetime = 0`, {}, { database });
    await store.command(`TRUNCATE TABLE ${name} SYNC`, {}, { database });
    await waitForFiles(store, database, name);
    await store.command(`ALTER TABLE ${name} RESET SETTING old_parts_lifetime`, {}, { database });
  }
  return { spans, others };
}

async function tablesOf(store: Store, database: string): Promise<Table[]> {
  const rows = await store.query<{ name: string; columns: string[] }>(
    `SELECT c.table AS name, groupArray(c.name) AS columns FROM system.columns AS c
     INNER JOIN system.tables AS t ON t.database = c.database AND t.name = c.table
     WHERE c.database = {database: String} AND t.engine LIKE '%MergeTree'
     GROUP BY c.table ORDER BY c.table`,
    { database },
  );
  return rows.filter(({ name }) => !APART.has(name)).map(({ name, columns }) => ({ name, columns: new Set(columns) }));
}

function conditionOf({ columns }: Table): string | undefined {
  const conditions = CONDITIONS.filter((condition) => condition.columns.every((column) => columns.has(column)));
  return conditions.length === 0 ? undefined : conditions.map(({ sql }) => sql).join(' OR ');
}

async function countMatching({ store, database, id }: ErasureScope, table: Table): Promise<number> {
  const [row] = await store.query<{ rows: string }>(
    `SELECT count() AS rows FROM ${table.name} WHERE ${conditionOf(table)}`,
    { scope: id },
    { database },
  );
  return Number(row?.rows ?? 0);
}

/** Adds the findings, alerts and deliveries that would be left with nothing; before anything is erased. */
export async function addFollowing(scope: ErasureScope): Promise<void> {
  const alerts = (await tablesOf(scope.store, scope.database)).find(({ name }) => name === 'alert_events');
  const findings = `session_id IN ${scoped('session')} OR ${EVIDENCE}`;
  for (const table of ['findings', 'suppressed_findings'])
    await addToScope(scope, `SELECT 'finding', id FROM ${table} GROUP BY id HAVING countIf(NOT (${findings})) = 0`);
  if (alerts === undefined) return;
  await addToScope(
    scope,
    `SELECT 'alert', alert_id FROM alert_events GROUP BY alert_id
     HAVING countIf(type IN ('opened', 'matched')) > 0 AND countIf(type IN ('opened', 'matched') AND NOT (${conditionOf(alerts)})) = 0`,
  );
  await addToScope(scope, `SELECT 'delivery', delivery_id FROM deliveries WHERE alert_id IN ${scoped('alert')}`);
}

/** Entries of alerts that stay keep their place in the log without what they told of the erased. */
async function blankEvents(scope: ErasureScope, table: Table): Promise<void> {
  await mutate(
    scope,
    `ALTER TABLE ${table.name} UPDATE
       title = '[erased]', values = map(), detail = '',
       session_id = if(session_id IN ${scoped('session')}, '', session_id),
       evidence = arrayFilter(e -> NOT (e.1 IN ${scoped('trace')} OR concat(e.1, '/', e.2) IN ${scoped('span')}), evidence)
     WHERE alert_id NOT IN ${scoped('alert')} AND (${conditionOf(table)})`,
  );
}

/** What roll-ups know from no span that is left. Answers the tables that were looked at. */
async function eraseRollUps(scope: ErasureScope): Promise<string[]> {
  const { store, database } = scope;
  const views = await store.query<{ target: string; sorting_key: string; as_select: string }>(
    `SELECT extract(v.create_table_query, 'TO [^ ]*?\`?([a-z_]+)\`? ') AS target, t.sorting_key AS sorting_key, v.as_select AS as_select
     FROM system.tables AS v
     INNER JOIN system.tables AS t ON t.database = v.database AND t.name = target
     WHERE v.database = {database: String} AND v.engine = 'MaterializedView' AND t.engine LIKE 'Aggregating%'`,
    { database },
  );
  for (const { target, sorting_key, as_select } of views) {
    await store.command(`ALTER TABLE ${target} MODIFY SETTING old_parts_lifetime = 0`, {}, { database });
    await mutate(
      scope,
      // What was last seen before the oldest span that is stored, no span could tell any more.
      `ALTER TABLE ${target} DELETE WHERE (${sorting_key}) NOT IN (SELECT ${sorting_key} FROM (${as_select}))
         AND FirstIngested >= (SELECT min(IngestedAt) FROM otel_traces)`,
    );
  }
  return views.map(({ target }) => target);
}

async function mutate({ store, database, id }: ErasureScope, sql: string): Promise<void> {
  await store.command(sql, { scope: id }, { database, settings: SETTINGS });
}
