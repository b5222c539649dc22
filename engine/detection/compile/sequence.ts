import { durationMs } from '../../core/duration.ts';
import type { FormOf } from '../../core/rule-form.ts';
import {
  BEFORE_END,
  bracketed,
  evidenceSql,
  type FormContext,
  IN_WINDOW,
  quoted,
  SPAN_ENTITY,
  titleSql,
} from './finding-columns.ts';

const NO_CHAIN = `(toUInt64(0), toInt64(0), CAST([], 'Array(Tuple(String, String, String))'))`;
/** Everything of the session up to a span, with or without it. Grows only, so that the running maximum is linear. */
const SO_FAR = 'PARTITION BY SessionId ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW';
const BEFORE = 'PARTITION BY SessionId ORDER BY n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING';

/**
 * Steps that a session went through, over all its spans in the order of their own times, whenever and in whichever order they
 * arrived. A chain is (number of its first span, that span's time, evidence); of several the one that began last is kept,
 * for it passes every limit that another would.
 */
export function compileSequence(form: FormOf<'sequence'>, { entity }: FormContext): string {
  const { steps, ordered, within_spans, unless } = form.sequence;
  const common = bracketed(form.where);
  const matches = steps.map((step) => `(${common} AND ${bracketed(step.where)})`);
  const anyStep = `(${matches.join(' OR ')})`;
  const marks = matches.map((match, index) => `${match} AS m${index + 1}`);
  const some = steps.map((_step, index) => `m${index + 1}`).join(' OR ');
  const chains = ordered ? orderedChains(form) : unorderedChains(form);
  return `
WITH
    numbered AS
    (
        SELECT
            SessionId, TraceId, SpanId, Timestamp,
            toUnixTimestamp64Nano(Timestamp) AS at,
            toString(${SPAN_ENTITY[entity]!}) AS subject,
            row_number() OVER (PARTITION BY SessionId ORDER BY Timestamp, SpanSequence, SpanId) AS n,
            ${marks.join(', ')},
            ${bracketed(unless ?? '0')} AS breaks
        FROM otel_traces FINAL
        WHERE ${BEFORE_END}${within_spans === undefined ? ` AND ${common}` : ''}
            AND SessionId IN
            (
                SELECT SessionId FROM otel_traces
                WHERE ${IN_WINDOW} AND SessionId != '' AND ${anyStep}
            )
    ),
    marked AS (SELECT *, max(if(breaks, n, 0)) OVER (${BEFORE}) AS broken FROM numbered WHERE ${some} OR breaks),
    ${chains.ctes.join(',\n    ')}
SELECT
    argMin(subject, n) AS entity,
    SessionId AS session_id,
    ${titleSql(form.title)} AS title,
    toString(fromUnixTimestamp64Nano(argMin(chain.2, n), 'UTC')) AS starts_at,
    toString(fromUnixTimestamp64Nano(argMin(at, n), 'UTC')) AS ends_at,
    ${evidenceSql('argMin(chain.3, n)')} AS evidence
FROM (${chains.last})
WHERE chain.1 > 0
GROUP BY SessionId
HAVING entity != ''`;
}

function orderedChains(form: FormOf<'sequence'>): { ctes: string[]; last: string } {
  const { steps } = form.sequence;
  const ctes = [`chain1 AS (SELECT *, if(m1, (n, at, [${spanOf(form, 0)}]), ${NO_CHAIN}) AS chain FROM marked)`];
  for (let step = 2; step <= steps.length; step++) {
    ctes.push(`chain${step} AS
    (
        SELECT * EXCEPT (chain, upTo),
            if(m${step} AND upTo.1 > 0 AND ${limits(form, 'upTo.1', 'upTo.2')},
                (upTo.1, upTo.2, arrayPushBack(upTo.3, ${spanOf(form, step - 1)})), ${NO_CHAIN}) AS chain
        FROM (SELECT *, max(chain) OVER (${BEFORE}) AS upTo FROM chain${step - 1})
    )`);
  }
  return { ctes, last: `SELECT * FROM chain${steps.length}` };
}

/** The latest span of each step so far; together they are a chain when the first of them is near enough and all differ. */
function unorderedChains(form: FormOf<'sequence'>): { ctes: string[]; last: string } {
  const { steps } = form.sequence;
  const latest = steps.map(
    (_step, index) =>
      `max(if(m${index + 1}, (n, at, [${spanOf(form, index)}]), ${NO_CHAIN})) OVER (${SO_FAR}) AS l${index + 1}`,
  );
  const all = steps.map((_step, index) => `l${index + 1}`);
  const numbers = `[${all.map((name) => `${name}.1`).join(', ')}]`;
  const first = `arrayMin(${numbers})`;
  const firstAt = `arrayMin([${all.map((name) => `${name}.2`).join(', ')}])`;
  const evidence = `arrayMap(item -> item.2, arraySort(item -> item.1, [${all.map((name) => `(${name}.1, ${name}.3[1])`).join(', ')}]))`;
  return {
    ctes: [`latest AS (SELECT *, ${latest.join(', ')} FROM marked)`],
    last: `SELECT *, if(${first} > 0 AND length(arrayDistinct(${numbers})) = ${all.length} AND ${limits(form, first, firstAt)},
        (${first}, ${firstAt}, ${evidence}), ${NO_CHAIN}) AS chain FROM latest`,
  };
}

function limits({ sequence }: FormOf<'sequence'>, firstNumber: string, firstAt: string): string {
  const { within, within_spans, unless } = sequence;
  return [
    ...(within === undefined ? [] : [`at - ${firstAt} <= ${Math.round(durationMs(within) * 1e6)}`]),
    ...(within_spans === undefined ? [] : [`n - ${firstNumber} <= ${within_spans}`]),
    ...(unless === undefined ? [] : [`broken <= ${firstNumber}`]),
    '1',
  ].join(' AND ');
}

function spanOf({ sequence }: FormOf<'sequence'>, index: number): string {
  return `(TraceId, SpanId, ${quoted(`${index + 1} ${sequence.steps[index]!.name ?? 'step'}`)})`;
}
