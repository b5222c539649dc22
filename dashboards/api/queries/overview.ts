import { z } from 'zod';
import { spansOnce } from '../../../engine/clickhouse/one-call.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { rfc3339, timestampText } from '../../../engine/core/timestamp.ts';
import { spansOf } from './cohort.ts';

const count = z.coerce.number();

const figuresSchema = z.object({
  sessions: count,
  users: count,
  agents: count,
  tools: count,
  models: count,
  llm_calls: count,
  tool_calls: count,
  errors: count,
  tokens: count,
  cost_usd: z.number(),
  unknown_agent_spans: count,
});
type Figures = z.output<typeof figuresSchema>;

const bucketSchema = z.object({
  at: z.string(),
  sessions: count,
  users: count,
  agents: count,
  tool_calls: count,
  errors: count,
  tokens: count,
  cost_usd: z.number(),
});

/** What leaders read: figures of a period, those of the one before it, and both over time. Times are RFC 3339 UTC. */
export const overviewSchema = z.object({
  from: z.string(),
  to: z.string(),
  bucket_seconds: z.number(),
  now: figuresSchema,
  before: figuresSchema,
  timeline: z.array(bucketSchema),
  alerts: z.object({
    now: count,
    before: count,
    open: count,
    timeline: z.array(z.object({ at: z.string(), severity: z.string(), count })),
  }),
  risk: z.array(z.object({ agent: z.string(), day: z.string(), risk: count, alerts: count })),
  work: z.array(z.object({ category: z.string(), calls: count, sessions: count })),
  work_classes: z
    .array(z.object({ work_class: z.string(), sessions: count }))
    .describe('Of the sessions that have a summary'),
  coverage: z.object({
    spans: count,
    with_agent: count,
    with_user: count,
    with_session: count,
    sessions_with_summary: count,
    frameworks: z.array(z.object({ framework: z.string(), agents: count, spans: count })),
  }),
});
export type Overview = z.output<typeof overviewSchema>;

/** Milliseconds since 1970. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** Widths of a bucket, s; the first that makes at most as many buckets as a chart shows. */
const WIDTHS = [60, 300, 900, 3_600, 10_800, 21_600, 86_400, 604_800] as const;
const MOST_BUCKETS = 96;

export function bucketSeconds({ from, to }: Period): number {
  return (
    WIDTHS.find((width) => (to - from) / 1_000 / width <= MOST_BUCKETS) ?? Math.ceil((to - from) / 1_000 / MOST_BUCKETS)
  );
}

const IN_PERIOD = "Timestamp >= {from: DateTime64(6, 'UTC')} AND Timestamp < {to: DateTime64(6, 'UTC')} AND Kind != ''";
const OPENED = "opened_at >= {from: DateTime64(6, 'UTC')} AND opened_at < {to: DateTime64(6, 'UTC')}";

const DAY_SECONDS = 86_400;
/** Agents and days with enough people. */
const LARGE_AGENTS = (least: number) =>
  `SELECT AgentId, toDate(Timestamp) AS seen FROM otel_traces FINAL WHERE ${IN_PERIOD} GROUP BY AgentId, seen
   HAVING uniqExactIf(UserId, UserId != '') >= ${least}`;

const TOTALS = `
  uniqIf(SessionId, SessionId != '') AS sessions,
  uniqIf(UserId, UserId != '') AS users,
  uniqIf(AgentId, AgentId != '') AS agents,
  uniqExactIf(call, Kind = 'tool') AS tool_calls,
  uniqExactIf(call, StatusCode = 'Error') AS errors,
  sum(InputTokens + CacheReadTokens + CacheWriteTokens + OutputTokens) AS tokens,
  sum(CostUsd) AS cost_usd`;

/** Spans of the sessions that have a summary, with the work that it names. */
export const SUMMARISED_SPANS = `(
  SELECT spans.*, summaries.work_class AS work_class FROM otel_traces AS spans FINAL
  INNER JOIN (SELECT session_id, work_class FROM session_summaries FINAL WHERE work_class != '') AS summaries
    ON spans.SessionId = summaries.session_id)`;

/** `least`: see cohort.ts; the period is whole days then. */
export async function readOverview(store: Store, database: string, period: Period, least?: number): Promise<Overview> {
  const earlier = { from: 2 * period.from - period.to, to: period.from };
  const seconds = Math.max(bucketSeconds(period), least === undefined ? 0 : DAY_SECONDS);
  const spans = spansOf(least, "''", '1', spansOnce(IN_PERIOD));
  const ask = (sql: string, of: Period, more: Record<string, unknown> = {}) =>
    store.query(sql, { from: text(of.from), to: text(of.to), ...more }, { database });
  const [now, before, timeline, alerts, risk, work, workClasses, coverage, frameworks] = await Promise.all([
    readFigures(ask, period, spans),
    readFigures(ask, earlier, spans),
    ask(
      `SELECT toDateTime64(toStartOfInterval(Timestamp, toIntervalSecond({seconds: UInt32}), 'UTC'), 0, 'UTC') AS at, ${TOTALS}
       FROM ${spans} WHERE ${IN_PERIOD} GROUP BY at ORDER BY at LIMIT 1000`,
      period,
      { seconds },
    ),
    readAlertCounts(ask, period, earlier, seconds),
    ask(
      `SELECT agent, toString(day) AS day, max(risk_score) AS risk, count() AS alerts FROM (
         SELECT risk_score, toDate(opened_at) AS day,
           coalesce(nullIf(values['agent_id'], ''), if(entity_kind = 'agent', entity_value, '')) AS agent
         FROM alerts WHERE ${OPENED})
       WHERE agent != '' ${least === undefined ? '' : `AND (agent, day) IN (${LARGE_AGENTS(least)})`}
       GROUP BY agent, day ORDER BY risk DESC, agent, day LIMIT 1000`,
      period,
    ),
    ask(
      `SELECT CohortKey AS category, uniqExact(call) AS calls, uniq(SessionId) AS sessions
       FROM ${spansOf(least, 'ToolCategory', '1', spansOnce(`${IN_PERIOD} AND Kind = 'tool'`))}
       GROUP BY category ORDER BY calls DESC LIMIT 20`,
      period,
    ),
    ask(
      `SELECT CohortKey AS work_class, uniq(SessionId) AS sessions
       FROM ${spansOf(least, 'work_class', IN_PERIOD, SUMMARISED_SPANS)}
       WHERE ${IN_PERIOD} GROUP BY work_class ORDER BY sessions DESC, work_class LIMIT 20`,
      period,
    ),
    ask(
      `SELECT count() AS spans, countIf(AgentId != '') AS with_agent, countIf(UserId != '') AS with_user,
         countIf(SessionId != '') AS with_session FROM ${spans} WHERE ${IN_PERIOD}`,
      period,
    ),
    ask(
      `SELECT CohortKey AS framework, uniqIf(AgentId, AgentId != '') AS agents, count() AS spans
       FROM ${spansOf(least, 'AgentFramework', '1', spansOnce(IN_PERIOD))}
       WHERE ${IN_PERIOD} GROUP BY framework ORDER BY spans DESC LIMIT 12`,
      period,
    ),
  ]);
  return overviewSchema.parse({
    from: new Date(period.from).toISOString(),
    to: new Date(period.to).toISOString(),
    bucket_seconds: seconds,
    now,
    before,
    timeline: (timeline as { at: string }[]).map((row) => ({ ...row, at: rfc3339(row.at) })),
    alerts,
    risk,
    work,
    work_classes: workClasses,
    coverage: {
      ...(coverage[0] as object),
      sessions_with_summary: (workClasses as { sessions: string }[]).reduce(
        (sum, row) => sum + Number(row.sessions),
        0,
      ),
      frameworks,
    },
  });
}

type Ask = (sql: string, of: Period, more?: Record<string, unknown>) => Promise<unknown[]>;

async function readFigures(ask: Ask, period: Period, spans: string): Promise<Figures> {
  const [row] = await ask(
    `SELECT ${TOTALS},
       uniqIf(ToolName, ToolName != '') AS tools, uniqIf(Model, Model != '') AS models,
       uniqExactIf(call, Kind = 'llm') AS llm_calls, countIf(AgentId = '') AS unknown_agent_spans
     FROM ${spans} WHERE ${IN_PERIOD}`,
    period,
  );
  return figuresSchema.parse(row);
}

async function readAlertCounts(ask: Ask, period: Period, earlier: Period, seconds: number) {
  const counted = `SELECT count() AS alerts, countIf(status = 'open') AS open FROM alerts WHERE ${OPENED}`;
  const [[now], [before], timeline] = await Promise.all([
    ask(counted, period),
    ask(counted, earlier),
    ask(
      `SELECT toDateTime64(toStartOfInterval(opened_at, toIntervalSecond({seconds: UInt32}), 'UTC'), 0, 'UTC') AS at,
         severity, count() AS count
       FROM alerts WHERE ${OPENED} GROUP BY at, severity ORDER BY at LIMIT 1000`,
      period,
      { seconds },
    ),
  ]);
  const counts = now as { alerts: string; open: string };
  return {
    now: counts.alerts,
    open: counts.open,
    before: (before as { alerts: string }).alerts,
    timeline: (timeline as { at: string }[]).map((row) => ({ ...row, at: rfc3339(row.at) })),
  };
}

function text(milliseconds: number): string {
  return timestampText(milliseconds * 1_000);
}
