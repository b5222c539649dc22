import { durationMs } from '../../core/duration.ts';
import type { FormOf } from '../../core/rule-form.ts';
import {
  BEFORE_END,
  bracketed,
  earliestSpans,
  evidenceSql,
  type FormContext,
  IN_WINDOW,
  namedExpression,
  SPAN_ENTITY,
  titleSql,
} from './finding-columns.ts';

/**
 * Entities of which enough was seen. Over a session, or over any stretch of time: never over what one window happened to bring, so
 * a burst that crosses a window's edge counts whole.
 */
export function compileThreshold(form: FormOf<'threshold'>, { entity }: FormContext): string {
  const parts = partsOf(form, SPAN_ENTITY[entity]!);
  return form.threshold.within === 'session' ? overSession(parts) : overStretch(parts, form.threshold.within);
}

interface Parts {
  readonly where: string;
  readonly entity: string;
  readonly groups: readonly { expression: string; name: string; alias: string }[];
  readonly measure: 'count' | 'distinct' | 'sum';
  readonly amount: string;
  readonly atLeast: number;
  readonly title: string;
}

function partsOf(form: FormOf<'threshold'>, entity: string): Parts {
  const { of, at_least, group_by } = form.threshold;
  const [measure, amount] =
    of === 'count'
      ? (['count', '1'] as const)
      : 'sum' in of
        ? (['sum', of.sum] as const)
        : (['distinct', of.distinct] as const);
  return {
    where: bracketed(form.where),
    entity,
    groups: group_by.map((text, index) => ({ ...namedExpression(text), alias: `group_${index + 1}` })),
    measure,
    amount,
    atLeast: at_least,
    title: titleSql(form.title),
  };
}

/** What the query reads of each span. A sum counts only what is above nothing. */
function spanColumns({ entity, groups, measure, amount }: Parts): string {
  const value = measure === 'distinct' ? `toString(${amount})` : `greatest(toFloat64(${amount}), 0)`;
  return [
    'SessionId, TraceId, SpanId, Timestamp',
    `toString(${entity}) AS subject`,
    ...groups.map(({ expression, alias }) => `toString(${expression}) AS ${alias}`),
    `${value} AS amount`,
  ].join(', ');
}

function overSession(parts: Parts): string {
  const { where, groups, measure, atLeast, title } = parts;
  const measured = measure === 'distinct' ? `uniqExactIf(amount, amount != '')` : 'sum(amount)';
  const keys = ['SessionId', 'subject', ...groups.map(({ alias }) => alias)];
  return `
WITH spans AS
(
    SELECT ${spanColumns(parts)}
    FROM otel_traces FINAL
    WHERE ${BEFORE_END} AND ${where}
        AND SessionId IN (SELECT SessionId FROM otel_traces WHERE ${IN_WINDOW} AND SessionId != '' AND ${where})
)
SELECT
    subject AS entity,
    SessionId AS session_id,
    ${dedupKey(['SessionId', ...groups.map(({ alias }) => alias)])} AS dedup_key,
    ${groups.map(({ alias, name }) => `${alias} AS ${name},`).join('\n    ')}
    round(${measured}, 6) AS reached,
    ${title} AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    ${evidenceSql(earliestSpans('counted'))} AS evidence
FROM spans
WHERE subject != ''
GROUP BY ${keys.join(', ')}
HAVING reached >= ${atLeast}`;
}

/**
 * A span's amount comes in at its time and goes out when the stretch has passed; the running total is what the stretch that ends
 * there holds. Linear in the spans. A value that comes again while it is in is not counted again.
 */
function overStretch(parts: Parts, within: string): string {
  const { where, entity, groups, measure, atLeast, title } = parts;
  const aliases = groups.map(({ alias }) => alias);
  const keys = ['subject', ...aliases].join(', ');
  const stretch = Math.round(durationMs(within) * 1e6);
  const seconds = Math.ceil(durationMs(within) / 1_000);
  const touchedKeys = [
    `toString(${entity}) AS subject`,
    ...groups.map((g) => `toString(${g.expression}) AS ${g.alias}`),
  ];
  const comes = 'toInt64(at), 1';
  const goes = `toInt64(at + ${stretch}), -1`;
  const moves =
    measure === 'distinct'
      ? `arrayConcat(if(before = 0 OR before + ${stretch} < at, [(${comes})], []), if(after = 0 OR after > at + ${stretch}, [(${goes})], []))`
      : `[(${comes}), (${goes})]`;
  const neighbour = (name: string, frame: string, pick: string) =>
    `${pick}(at) OVER (PARTITION BY ${keys}, amount ORDER BY at, SpanId ROWS BETWEEN ${frame}) AS ${name}`;
  const ordered =
    measure === 'distinct'
      ? `SELECT *, ${neighbour('before', '1 PRECEDING AND 1 PRECEDING', 'any')}, ${neighbour('after', '1 FOLLOWING AND 1 FOLLOWING', 'any')} FROM spans WHERE amount != ''`
      : 'SELECT * FROM spans';
  const change = measure === 'distinct' ? 'toFloat64(move.2)' : 'move.2 * amount';
  return `
WITH
    touched AS
    (
        SELECT ${touchedKeys.join(', ')}, Timestamp FROM otel_traces WHERE ${IN_WINDOW} AND ${where}
    ),
    spans AS
    (
        SELECT ${spanColumns(parts)}, toUnixTimestamp64Nano(Timestamp) AS at
        FROM otel_traces FINAL
        WHERE ${BEFORE_END} AND ${where} AND subject != ''
            AND (${keys}) IN (SELECT ${keys} FROM touched)
            AND Timestamp >= (SELECT subtractSeconds(min(Timestamp), ${seconds}) FROM touched)
            AND Timestamp <= (SELECT addSeconds(max(Timestamp), ${seconds}) FROM touched)
    ),
    ordered AS (${ordered}),
    levels AS
    (
        SELECT ${keys}, moved_at, change,
            sum(change) OVER (PARTITION BY ${keys} ORDER BY moved_at, change DESC ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS level
        FROM (SELECT ${keys}, move.1 AS moved_at, ${change} AS change FROM ordered ARRAY JOIN ${moves} AS move)
    ),
    crossings AS
    (
        SELECT ${keys}, min(moved_at) AS crossed_at, max(level) AS peak
        FROM levels WHERE change > 0 AND level >= ${atLeast} - 0.000001
        GROUP BY ${keys}
    )
SELECT
    subject AS entity,
    argMin(SessionId, Timestamp) AS session_id,
    ${dedupKey(['subject', ...aliases])} AS dedup_key,
    ${groups.map(({ alias, name }) => `${alias} AS ${name},`).join('\n    ')}
    round(any(peak), 6) AS reached,
    ${title} AS title,
    toString(min(Timestamp)) AS starts_at,
    toString(max(Timestamp)) AS ends_at,
    ${evidenceSql(earliestSpans('counted'))} AS evidence
FROM spans INNER JOIN crossings USING (${keys})
WHERE at >= crossed_at - ${stretch} AND at <= crossed_at
GROUP BY ${keys}`;
}

function dedupKey(parts: readonly string[]): string {
  return `arrayStringConcat([${parts.join(', ')}], ' ')`;
}
