import { z } from 'zod';
import { spansOnce } from '../../../engine/clickhouse/one-call.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { timestampText } from '../../../engine/core/timestamp.ts';
import { OTHERS, spansOf } from './cohort.ts';
import { metricUsage } from './metric-usage.ts';
import { type Period, SUMMARISED_SPANS } from './overview.ts';

const count = z.coerce.number();
const share = z.number().nullable().describe('0 to 1; null where there is nothing to divide by');

const workOf = { work_class: z.string(), sessions: count, share };
const autonomy = {
  sessions: count,
  actions: count.describe('Tool calls'),
  decided_by_people: count.describe('Calls that a person allowed or denied, by the events that say so'),
  autonomy: share.describe('Part of the actions that no person decided on'),
};

/** Figures for leaders. Team and tool are '' where senders do not say. */
export const insightsSchema = z.object({
  from: z.string(),
  to: z.string(),
  work_by_team: z.array(z.object({ team: z.string(), ...workOf })),
  work_by_tool: z.array(z.object({ tool: z.string(), ...workOf })),
  teams: z.array(z.object({ team: z.string(), ...autonomy })),
  tools: z.array(z.object({ tool: z.string(), ...autonomy })),
  edits: z.array(z.object({ tool: z.string(), accepted: count, rejected: count, acceptance: share })),
  longest_runs: z
    .array(
      z.object({ session_id: z.string(), team: z.string(), tool: z.string(), actions: count, seconds: z.number() }),
    )
    .describe('Between two turns or decisions of a person; empty for those who see no single sessions'),
  failures: z
    .array(z.object({ agent: z.string(), tool: z.string(), failures: count, sessions: count, calls: count, share }))
    .describe('Tools that fail in three sessions or more'),
});
export type Insights = z.output<typeof insightsSchema>;

const IN_PERIOD = "Timestamp >= {from: DateTime64(6, 'UTC')} AND Timestamp < {to: DateTime64(6, 'UTC')} AND Kind != ''";

/** What senders call a team in their resource; Claude Code's guide names `team.id` and `department`. The service where none is named. */
const TEAM_KEYS = ['team.name', 'team.id', 'team', 'department', 'service.namespace'];
const TEAM = `coalesce(${TEAM_KEYS.map((key) => `nullIf(ResourceAttributes['${key}'], '')`).join(', ')}, ServiceName)`;
const TOOL = 'AgentFramework';
/** Parts the two halves of a key: neither holds it, for texts of senders are kept without control characters or come out as a name. */
const PART = '\\x1F';
const both = (one: string, other: string) => `concat(${one}, '${PART}', ${other})`;

/** Coding tools tell in their event who decided on a call: `user...`, or a rule of the configuration or a hook. */
const BY_PERSON = "(Kind = 'guardrail' AND startsWith(SpanAttributes['source'], 'user'))";

const ACTIONS = `uniqIf(SessionId, SessionId != '') AS sessions, uniqExactIf(call, Kind = 'tool') AS actions,
  uniqExactIf(SpanId, ${BY_PERSON}) AS decided_by_people`;

/** Sessions in which a tool has to fail before that is a pattern. */
const FAILS_IN = 3;
const MOST_ROWS = 200;

/** `least`: see cohort.ts; the period is whole days then. */
export async function readInsights(store: Store, database: string, period: Period, least?: number): Promise<Insights> {
  const params = { from: timestampText(period.from * 1_000), to: timestampText(period.to * 1_000) };
  const ask = <Row>(sql: string) => store.query<Row>(sql, params, { database });
  const work = (key: string) =>
    ask<{ key: string; sessions: string }>(
      `SELECT CohortKey AS key, uniq(SessionId) AS sessions
       FROM ${spansOf(least, both(key, 'work_class'), IN_PERIOD, SUMMARISED_SPANS)}
       WHERE ${IN_PERIOD} GROUP BY key ORDER BY sessions DESC, key LIMIT ${MOST_ROWS}`,
    );
  const actions = (key: string) =>
    ask<{ key: string; sessions: string; actions: string; decided_by_people: string }>(
      `SELECT CohortKey AS key, ${ACTIONS} FROM ${spansOf(least, key, '1', spansOnce(IN_PERIOD))}
       GROUP BY key HAVING actions > 0 ORDER BY actions DESC, key LIMIT ${MOST_ROWS}`,
    );
  const [workByTeam, workByTool, teams, tools, edits, runs, failures] = await Promise.all([
    work(TEAM),
    work(TOOL),
    actions(TEAM),
    actions(TOOL),
    ask<{ key: string; accepted: number; rejected: number }>(
      `SELECT CohortKey AS key, sum(edits_accepted) AS accepted, sum(edits_rejected) AS rejected
       FROM ${spansOf(least, TOOL, '1', metricUsage(IN_PERIOD.replace(" AND Kind != ''", '')))}
       GROUP BY key HAVING accepted + rejected > 0 ORDER BY accepted + rejected DESC, key LIMIT ${MOST_ROWS}`,
    ),
    least === undefined ? ask<Insights['longest_runs'][number]>(LONGEST_RUNS) : [],
    ask<{ key: string; failures: string; sessions: string; calls: string }>(
      `SELECT CohortKey AS key, uniqExactIf(call, StatusCode = 'Error') AS failures,
         uniqIf(SessionId, StatusCode = 'Error') AS sessions, uniqExact(call) AS calls
       FROM ${spansOf(least, both('AgentId', 'ToolName'), '1', spansOnce(`${IN_PERIOD} AND Kind = 'tool'`))}
       GROUP BY key HAVING sessions >= ${FAILS_IN} ORDER BY failures DESC, key LIMIT 20`,
    ),
  ]);
  return insightsSchema.parse({
    from: new Date(period.from).toISOString(),
    to: new Date(period.to).toISOString(),
    work_by_team: sharesOf(workByTeam).map(({ name: team, ...row }) => ({ team, ...row })),
    work_by_tool: sharesOf(workByTool).map(({ name: tool, ...row }) => ({ tool, ...row })),
    teams: teams.map(({ key, ...row }) => ({ team: key, ...withAutonomy(row) })),
    tools: tools.map(({ key, ...row }) => ({ tool: key, ...withAutonomy(row) })),
    edits: edits.map(({ key, accepted, rejected }) => ({
      tool: key,
      accepted,
      rejected,
      acceptance: ratio(accepted, accepted + rejected),
    })),
    longest_runs: runs,
    failures: failures.map(({ key, ...row }) => {
      const [agent, tool] = parted(key);
      return { agent, tool, ...row, share: ratio(Number(row.failures), Number(row.calls)) };
    }),
  });
}

/**
 * The longest stretches without a person: from one turn (a prompt that the session had not seen) or decision of a person to the next.
 * A conversation is sent again with every call, so a prompt counts where it first stands.
 */
const LONGEST_RUNS = `
  SELECT session_id, any(team) AS team, any(tool) AS tool, uniqExactIf(call, is_call) AS actions,
    round(dateDiff('millisecond', min(at), max(at)) / 1000, 1) AS seconds
  FROM (
    SELECT SessionId AS session_id, ${TEAM} AS team, ${TOOL} AS tool, call, Kind = 'tool' AS is_call, Timestamp AS at,
      sum(person) OVER (PARTITION BY SessionId ORDER BY Timestamp, SpanSequence, SpanId ROWS UNBOUNDED PRECEDING) AS stretch
    FROM (
      SELECT *, toUInt32(${BY_PERSON} OR (PromptLength > 0 AND InputSource = 'user' AND row_number() OVER
          (PARTITION BY SessionId, PromptPreview ORDER BY Timestamp, SpanSequence, SpanId) = 1)) AS person
      FROM ${spansOnce(IN_PERIOD)} WHERE SessionId != ''))
  GROUP BY session_id, stretch HAVING actions > 0
  ORDER BY actions DESC, seconds DESC, session_id LIMIT 1 BY session_id LIMIT 10`;

function sharesOf(rows: readonly { key: string; sessions: string }[]) {
  const parts = rows.map(({ key, sessions }) => {
    const [name, workClass] = parted(key);
    return { name, work_class: workClass, sessions: Number(sessions) };
  });
  const totals = new Map<string, number>();
  for (const { name, sessions } of parts) totals.set(name, (totals.get(name) ?? 0) + sessions);
  return parts.map((part) => ({ ...part, share: ratio(part.sessions, totals.get(part.name) ?? 0) }));
}

function withAutonomy(row: { sessions: string; actions: string; decided_by_people: string }) {
  const alone = ratio(Number(row.decided_by_people), Number(row.actions));
  return { ...row, autonomy: alone === null ? null : Math.max(0, 1 - alone) };
}

function parted(key: string): [string, string] {
  if (key === OTHERS) return [OTHERS, OTHERS];
  const at = key.lastIndexOf('\x1F');
  return [key.slice(0, at), key.slice(at + 1)];
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000;
}
