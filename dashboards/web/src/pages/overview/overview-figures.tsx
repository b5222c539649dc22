import type { Overview } from '../../answers.ts';
import { change, dollars, figure, grouped } from '../../number.ts';
import { fill } from './buckets.ts';
import { Figure } from './figure.tsx';

interface Props {
  readonly overview: Overview;
  /** Starts of buckets, milliseconds since 1970. */
  readonly buckets: readonly number[];
  /** The period, as addresses say it. */
  readonly range: string;
}

/** Six figures, each with its course and the change from the period before. */
export function OverviewFigures({ overview: { now, before, alerts, timeline }, buckets, range }: Props) {
  const values = (of: (bucket: Overview['timeline'][number]) => number) => fill(buckets, timeline, of);
  return (
    <div className="figures">
      <Figure
        title="Open alerts"
        value={grouped(alerts.open)}
        note={`${grouped(alerts.now)} in all`}
        to={`/alerts?${range}`}
        sql="SELECT severity, rule_id, count() AS alerts FROM alerts WHERE status = 'open' GROUP BY ALL ORDER BY alerts DESC"
        values={buckets.map((at) =>
          alerts.timeline.filter((row) => Date.parse(row.at) === at).reduce((sum, { count }) => sum + count, 0),
        )}
        alarm={alerts.open > 0}
      />
      <Figure
        title="Sessions"
        value={figure(now.sessions)}
        note={change(now.sessions, before.sessions)}
        to={`/sessions?${range}`}
        sql="SELECT toDate(Timestamp) AS day, uniq(SessionId) AS sessions FROM otel_traces FINAL GROUP BY day ORDER BY day"
        values={values(({ sessions }) => sessions)}
      />
      <Figure
        title="People"
        value={figure(now.users)}
        note={change(now.users, before.users)}
        to={`/sessions?${range}`}
        sql="SELECT UserId, uniq(SessionId) AS sessions FROM otel_traces FINAL WHERE UserId != '' GROUP BY UserId ORDER BY sessions DESC LIMIT 50"
        values={values(({ users }) => users)}
      />
      <Figure
        title="Agents"
        value={figure(now.agents)}
        note={
          now.unknown_agent_spans > 0
            ? `${figure(now.unknown_agent_spans)} spans of no known agent`
            : change(now.agents, before.agents)
        }
        to={`/agents?${range}`}
        sql="SELECT AgentId, count() AS spans FROM otel_traces FINAL GROUP BY AgentId ORDER BY spans DESC"
        values={values(({ agents }) => agents)}
      />
      <Figure
        title="Tokens"
        value={figure(now.tokens)}
        note={change(now.tokens, before.tokens)}
        to={`/sessions?${range}`}
        sql="SELECT Model, sum(InputTokens) AS input, sum(CacheReadTokens) AS cached, sum(OutputTokens) AS output FROM otel_traces FINAL GROUP BY Model ORDER BY input DESC"
        values={values(({ tokens }) => tokens)}
      />
      <Figure
        title="Cost"
        value={dollars(now.cost_usd)}
        note={now.cost_usd === 0 ? 'no sender reports one' : change(now.cost_usd, before.cost_usd)}
        to={`/sessions?${range}`}
        sql="SELECT toDate(Timestamp) AS day, round(sum(CostUsd), 2) AS usd FROM otel_traces FINAL GROUP BY day ORDER BY day"
        values={values(({ cost_usd }) => cost_usd)}
      />
    </div>
  );
}
