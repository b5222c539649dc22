import { durationMs } from '../../core/duration.ts';
import type { FormOf } from '../../core/rule-form.ts';
import { bracketed, evidenceSql, type FormContext, quoted, titleSql, WRITTEN_WITHIN } from './finding-columns.ts';

/** Findings of one entity that are looked at together; they are compared with each other. */
const MOST_FINDINGS = 1_000;

/**
 * Several rules, or one of them several times, found something about the same entity within a stretch of time. Findings about a
 * session belong to the agent or user that their values name. A rule never builds on its own findings.
 */
export function compileCorrelation(form: FormOf<'correlation'>, { id, entity }: FormContext): string {
  const { rules, of, ordered, within } = form.correlation;
  const least = form.correlation.at_least ?? (of === 'rules' ? rules.length : 2);
  const list = rules.map(quoted).join(', ');
  const subject =
    entity === 'session'
      ? 'session_id'
      : `if(entity_kind = ${quoted(entity)}, entity_value, values[${quoted(`${entity}_id`)}])`;
  const source = `rule_id IN (${list}) AND rule_id != ${quoted(id)} AND ${subject} != '' AND found_at < {to: DateTime64(6)} AND ${bracketed(form.where)}`;
  const measured = of === 'rules' ? 'uniqExact(other.rule_id)' : 'uniqExact(other.id, other.match)';
  return `
WITH
    found AS
    (
        SELECT ${subject} AS subject, id, match, rule_id, session_id, evidence, starts_at, toUnixTimestamp64Nano(starts_at) AS at
        FROM findings FINAL
        WHERE ${source}
            AND ${subject} IN (SELECT ${subject} FROM findings WHERE ${source} AND found_at >= {from: DateTime64(6)} - ${WRITTEN_WITHIN})
        ORDER BY starts_at DESC, id
        LIMIT ${MOST_FINDINGS} BY subject
    ),
    -- A stretch begins at a finding; of each entity the first stretch that holds enough.
    stretches AS
    (
        SELECT
            first.subject AS subject, first.at AS from_at, ${measured} AS reached,
            min(other.starts_at) AS begun, max(other.starts_at) AS ended,
            arraySort(groupUniqArray((other.at, other.rule_id, other.session_id, other.evidence))) AS items,
            arrayMap(item -> item.2, items) AS rules
        FROM found AS first INNER JOIN found AS other ON first.subject = other.subject
        WHERE other.at >= first.at AND other.at <= first.at + ${Math.round(durationMs(within) * 1e6)}
        GROUP BY first.subject, first.at
        HAVING reached >= ${least}${ordered ? ` AND ${inOrder(rules)}` : ''}
    ),
    earliest AS (SELECT * FROM stretches ORDER BY from_at LIMIT 1 BY subject)
SELECT
    subject AS entity,
    items[1].3 AS session_id,
    ${entity === 'session' ? 'subject' : `''`} AS dedup_key,
    reached,
    arrayDistinct(rules) AS found_by,
    ${titleSql(form.title)} AS title,
    toString(begun) AS starts_at,
    toString(ended) AS ends_at,
    ${evidenceSql("arrayFlatten(arrayMap(item -> arrayMap(span -> (span.1, span.2, concat(item.2, if(span.3 = '', '', concat(': ', span.3)))), arraySlice(item.4, 1, 5)), items))")} AS evidence
FROM earliest`;
}

/** Each rule of the list found something at or after what the one before it found. */
function inOrder(rules: readonly string[]): string {
  const times = (rule: string, after: string) =>
    `arrayMin(arrayMap(item -> item.1, arrayFilter(item -> item.2 = ${quoted(rule)} AND item.1 >= ${after}, items)))`;
  const names = rules.map((_rule, index) => `found_${index + 1}`);
  const steps = rules.map(
    (rule, index) => `(${times(rule, index === 0 ? '1' : names[index - 1]!)} AS ${names[index]})`,
  );
  return steps.map((step) => `${step} > 0`).join(' AND ');
}
