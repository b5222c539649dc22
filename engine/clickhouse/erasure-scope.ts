import type { ErasureKind } from '../core/erasure.ts';
import { timestampText } from '../core/timestamp.ts';
import { CONTROL_DATABASE } from './migrate.ts';
import type { Store } from './store.ts';
import { waitForFiles } from './wait-for-files.ts';

/**
 * What an erasure is about, kept in the org's table erasure_scope while it lasts. Kinds: `user`, `session` and `trace` are erased as
 * wholes, `span` lists every span (`<trace>/<span>`) of them and of parts of others; `finding`, `alert` and `delivery` follow from those.
 */
export interface ErasureScope {
  readonly store: Store;
  readonly database: string;
  /** Of the erasure; one a scope. */
  readonly id: string;
}

/** The values of one kind, as a subquery. `{scope: String}` has to be bound. */
export function scoped(kind: string): string {
  return `(SELECT value FROM erasure_scope WHERE erasure_id = {scope: String} AND kind = '${kind}')`;
}

/** Is a span in the scope? Of tables with these columns. */
export const SPAN_IN_SCOPE = `(TraceId IN ${scoped('trace')} OR SessionId IN ${scoped('session')} OR concat(TraceId, '/', SpanId) IN ${scoped('span')})`;

/** Adds rows to the scope: `select` yields kind and value. */
export async function addToScope(
  { store, database, id }: ErasureScope,
  select: string,
  params: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await store.command(
    `INSERT INTO erasure_scope SELECT DISTINCT {scope: String}, * FROM (${select}) AS found (kind, value) WHERE value != ''`,
    { ...params, scope: id },
    { database },
  );
}

/**
 * Works out what belongs to a subject, from the spans that are stored. To a session belong the traces that no other session shares; to a
 * user the sessions and traces in which no other user is named, and of shared ones only the spans that name the user. Of a user only what
 * started before `before` (milliseconds since 1970). Repeating it adds what came since.
 */
export async function resolveScope(
  scope: ErasureScope,
  kind: Exclude<ErasureKind, 'org'>,
  subject: string,
  before: number,
): Promise<void> {
  const params = { subject, before: timestampText(before * 1_000) };
  await addToScope(scope, `SELECT '${kind}', {subject: String}`, params);
  if (kind === 'user') {
    for (const [part, column] of [
      ['session', 'SessionId'],
      ['trace', 'TraceId'],
    ] as const)
      await addToScope(
        scope,
        `SELECT '${part}', ${column} FROM otel_traces
         WHERE ${column} IN (SELECT ${column} FROM otel_traces WHERE UserId = {subject: String})
         GROUP BY ${column}
         HAVING countIf(UserId NOT IN ('', {subject: String})) = 0 AND max(Timestamp) < {before: DateTime64(6, 'UTC')}`,
        params,
      );
    await addToScope(
      scope,
      `SELECT 'span', concat(TraceId, '/', SpanId) FROM otel_traces
       WHERE UserId = {subject: String} AND Timestamp < {before: DateTime64(6, 'UTC')}`,
      params,
    );
  }
  if (kind === 'session')
    await addToScope(
      scope,
      // A span that names no session has its trace's id for one.
      `SELECT 'trace', TraceId FROM otel_traces
       WHERE TraceId IN (SELECT TraceId FROM otel_traces WHERE SessionId = {subject: String})
       GROUP BY TraceId HAVING countIf(SessionId NOT IN ({subject: String}, TraceId, '')) = 0`,
      params,
    );
  await addToScope(scope, `SELECT 'span', concat(TraceId, '/', SpanId) FROM otel_traces WHERE ${SPAN_IN_SCOPE}`);
}

/** Marks everything in the scope, so that what comes later is recognised. `before` as in resolveScope. */
export async function markScope(scope: ErasureScope, org: string, salt: string, before: number): Promise<void> {
  await scope.store.command(
    `INSERT INTO ${CONTROL_DATABASE}.erasure_marks (org, kind, mark, erasure_id, started_before)
     SELECT {org: String}, kind, ${markOf('kind', 'value')}, {scope: String},
            if(kind = 'user', {before: DateTime64(6, 'UTC')}, toDateTime64('2200-01-01 00:00:00', 6, 'UTC'))
     FROM erasure_scope WHERE erasure_id = {scope: String} AND kind IN ('user', 'session', 'trace', 'span')`,
    { org, salt, scope: scope.id, before: timestampText(before * 1_000) },
    { database: scope.database },
  );
}

/** What was accepted in [from, to) (microseconds since 1970) and had been erased before; answers whether there is any. */
export async function findLateSpans(
  scope: ErasureScope,
  org: string,
  salt: string,
  { from, to }: { from: number; to: number },
): Promise<boolean> {
  const params = { org, salt, from: timestampText(from), to: timestampText(to) };
  const marked = (kind: string, value: string) =>
    `${markOf(`'${kind}'`, value)} IN (SELECT mark FROM ${CONTROL_DATABASE}.erasure_marks WHERE org = {org: String} AND kind = '${kind}')`;
  const window = "IngestedAt >= {from: DateTime64(6, 'UTC')} AND IngestedAt < {to: DateTime64(6, 'UTC')}";
  const span = "concat(TraceId, '/', SpanId)";
  const whole: readonly (readonly [kind: string, value: string, tables: readonly string[]])[] = [
    ['session', 'SessionId', ['otel_traces', 'otel_logs', 'otel_metrics']],
    ['trace', 'TraceId', ['otel_traces', 'otel_logs']],
    ['span', span, ['otel_traces', 'otel_logs']],
  ];
  for (const [kind, value, tables] of whole)
    for (const table of tables)
      await addToScope(
        scope,
        `SELECT '${kind}', ${value} FROM ${table} WHERE ${window} AND ${marked(kind, value)}`,
        params,
      );
  await addToScope(
    scope,
    `SELECT 'span', ${span} FROM otel_traces AS s
     INNER JOIN (SELECT mark, max(started_before) AS before FROM ${CONTROL_DATABASE}.erasure_marks
                 WHERE org = {org: String} AND kind = 'user' GROUP BY mark) AS m ON m.mark = ${markOf("'user'", 'UserId')}
     WHERE ${window} AND UserId != '' AND s.Timestamp < m.before`,
    params,
  );
  await addToScope(scope, `SELECT 'span', ${span} FROM otel_traces WHERE ${window} AND ${SPAN_IN_SCOPE}`, params);
  const found = await Promise.all(['session', 'trace', 'span'].map((kind) => countScope(scope, kind)));
  return found.some((count) => count > 0);
}

export async function countScope({ store, database, id }: ErasureScope, kind: string): Promise<number> {
  const [row] = await store.query<{ rows: string }>(
    `SELECT uniqExact(value) AS rows FROM erasure_scope WHERE erasure_id = {scope: String} AND kind = {kind: String}`,
    { scope: id, kind },
    { database },
  );
  return Number(row?.rows ?? 0);
}

/** The values of a kind; of spans only those whose trace is not erased as a whole. */
export async function readScope({ store, database, id }: ErasureScope, kind: string): Promise<Set<string>> {
  const narrow = kind === 'span' ? `AND splitByChar('/', value)[1] NOT IN ${scoped('trace')}` : '';
  const rows = await store.query<{ value: string }>(
    `SELECT DISTINCT value FROM erasure_scope WHERE erasure_id = {scope: String} AND kind = {kind: String} ${narrow}`,
    { scope: id, kind },
    { database },
  );
  return new Set(rows.map(({ value }) => value));
}

export async function dropScope({ store, database, id }: ErasureScope): Promise<void> {
  await store.command('ALTER TABLE erasure_scope DROP PARTITION {scope: String}', { scope: id }, { database });
  await waitForFiles(store, database, 'erasure_scope');
}

function markOf(kind: string, value: string): string {
  return `lower(hex(SHA256(concat({salt: String}, toString(${kind}), ':', ${value}))))`;
}
