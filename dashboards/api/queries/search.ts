import { z } from 'zod';
import type { Store } from '../../../engine/clickhouse/store.ts';

/** Something that was found: `session` opens what the others are in. */
export const hitSchema = z.object({
  kind: z.enum(['session', 'agent', 'tool', 'rule', 'alert']),
  id: z.string(),
  title: z.string(),
  detail: z.string(),
});
export type Hit = z.output<typeof hitSchema>;

/** Of each kind. */
const MOST = 6;
/** How far back is looked, days. */
const DAYS = 90;
const RECENT = `IngestedAt > now() - INTERVAL ${DAYS} DAY`;
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz';

/** Sessions (by id, trace id or redaction token), agents, tools and alerts, the newest first. */
export async function findEntities(store: Store, database: string, q: string): Promise<Hit[]> {
  const ask = async (kind: Hit['kind'], sql: string, params: Record<string, unknown>) => {
    const rows = await store.query<Omit<Hit, 'kind'>>(sql, { ...params, most: MOST }, { database });
    return rows.map(({ id, title, detail }): Hit => ({ kind, id, title, detail }));
  };
  const token = /^\[?([A-Z][A-Z0-9_]{1,39}):([0-9a-hjkmnp-tv-z]{4})\]?$/.exec(q);
  if (token) {
    const params = { token_kind: token[1], prefix: hexOf(token[2]!) };
    const holds =
      'arrayExists((kind, print) -> kind = {token_kind: String} AND startsWith(print, {prefix: String}), Redactions.Kind, Redactions.Fingerprint)';
    return ask('session', sessionsWhere(holds), params);
  }
  if (/^[0-9a-f]{32}$/i.test(q)) {
    const id = { id: q.toLowerCase() };
    const [sessions, alerts] = await Promise.all([
      ask('session', sessionsWhere('TraceId = {id: String}'), id),
      ask('alert', 'SELECT id, title, severity AS detail FROM alerts WHERE id = {id: String} LIMIT {most: UInt32}', id),
    ]);
    return [...alerts, ...sessions];
  }
  const text = { text: q.toLowerCase() };
  const named = (column: string) => `${column} != '' AND position(lower(${column}), {text: String}) > 0`;
  const listed = (column: string, title: string, detail: string) =>
    `SELECT ${column} AS id, ${title} AS title, ${detail} AS detail FROM otel_traces
     WHERE ${RECENT} AND ${named(column)} GROUP BY id ORDER BY count() DESC LIMIT {most: UInt32}`;
  const found = await Promise.all([
    ask('agent', listed('AgentId', 'any(AgentName)', 'any(AgentFramework)'), text),
    ask('tool', listed('ToolName', 'id', 'any(ToolCategory)'), text),
    ask('session', sessionsWhere(named('SessionId')), text),
  ]);
  return found.flat();
}

function sessionsWhere(condition: string): string {
  return `SELECT SessionId AS id, any(AgentId) AS title, toString(max(Timestamp)) AS detail FROM otel_traces
          WHERE ${RECENT} AND SessionId != '' AND ${condition}
          GROUP BY id ORDER BY max(Timestamp) DESC LIMIT {most: UInt32}`;
}

/** The leading five hexadecimal digits of the fingerprint that a token of four characters stands for. */
function hexOf(suffix: string): string {
  const bits = [...suffix].reduce((value, digit) => value * 32 + DIGITS.indexOf(digit), 0);
  return bits.toString(16).padStart(5, '0');
}
