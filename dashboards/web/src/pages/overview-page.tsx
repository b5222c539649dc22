import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { Link } from 'wouter';
import type { Overview, Page } from '../answers.ts';
import { useAddress } from '../frame/use-address.ts';
import { useTimeRange } from '../frame/use-time-range.ts';
import { change, dollars, figure, grouped } from '../number.ts';
import type { Series } from '../parts/chart.tsx';
import { NoSpans } from '../parts/empty.tsx';
import { Failure } from '../parts/failure.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { Sparkline } from '../parts/sparkline.tsx';
import { pathOf, request } from '../request.ts';

const Chart = lazy(() => import('../parts/chart.tsx'));

interface Usage {
  key: string;
  sessions: number;
  users: number;
  llm_calls: number;
  tool_calls: number;
  errors: number;
  input_tokens: number;
  output_tokens: number;
  cost_usd: number;
}

const GROUPS = {
  agent: 'Agent',
  model: 'Model',
  tool: 'Tool',
  user: 'User',
  framework: 'Framework',
  environment: 'Environment',
} as const;

/** As the chart stacks them, the least below. */
const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'];

/** The leaders' page: six figures, what they did over time, and where it happened. */
export default function OverviewPage() {
  const { from, to, name } = useTimeRange();
  const overview = useQuery({
    queryKey: ['overview', from, to],
    queryFn: ({ signal }) => request<Overview>('GET', pathOf('/overview', { from, to }), undefined, signal),
    placeholderData: keepPreviousData,
  });
  const range = name === 'custom' ? `from=${from}&to=${to}` : `range=${name}`;
  return (
    <div className="page">
      <h1>Overview</h1>
      {overview.isPending ? (
        <>
          <div className="figures">
            {[1, 2, 3, 4, 5, 6].map((key) => (
              <div key={key} className="panel figure">
                <Skeleton height={92} />
              </div>
            ))}
          </div>
          <Skeleton height={290} />
        </>
      ) : overview.error ? (
        <Failure error={overview.error} retry={overview.refetch} />
      ) : overview.data.now.sessions === 0 && overview.data.alerts.now === 0 ? (
        <section className="panel">
          <NoSpans what="activity" />
        </section>
      ) : (
        <Shown overview={overview.data} range={range} />
      )}
    </div>
  );
}

function Shown({ overview, range }: { overview: Overview; range: string }) {
  const { now, before, alerts, timeline } = overview;
  const buckets = useMemo(() => bucketsOf(overview), [overview]);
  const values = (of: (bucket: Overview['timeline'][number]) => number) => fill(buckets, timeline, of);
  const words = useMemo(
    () => buckets.map((at) => label(at, overview.bucket_seconds)),
    [buckets, overview.bucket_seconds],
  );
  const severities = useMemo(
    (): Series[] =>
      SEVERITIES.map((severity) => ({
        name: severity,
        colour: severity,
        values: buckets.map((at) =>
          alerts.timeline
            .filter((row) => row.severity === severity && Date.parse(row.at) === at)
            .reduce((sum, { count }) => sum + count, 0),
        ),
      })).filter(({ values }) => values.some((value) => value > 0)),
    [alerts, buckets],
  );
  const activity = useMemo(
    (): Series[] => [
      { name: 'sessions', values: fill(buckets, timeline, ({ sessions }) => sessions) },
      { name: 'tool calls', values: fill(buckets, timeline, ({ tool_calls }) => tool_calls) },
    ],
    [buckets, timeline],
  );
  return (
    <>
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
      <div className="grid">
        <section className="panel span-6" aria-labelledby="alerts-over-time">
          <header>
            <h2 id="alerts-over-time">Alerts by severity</h2>
            <Link className="small" href={`/alerts?${range}&status=any`}>
              Open the list
            </Link>
          </header>
          <div className="body">
            {severities.length === 0 ? (
              <p className="muted" style={{ height: 240 }}>
                No alert opened in this period.
              </p>
            ) : (
              <Suspense fallback={<Skeleton height={240} />}>
                <Chart
                  label="Alerts over time, by severity"
                  kind="bar"
                  stacked
                  categories={words}
                  series={severities}
                />
              </Suspense>
            )}
          </div>
        </section>
        <section className="panel span-6" aria-labelledby="activity">
          <header>
            <h2 id="activity">Sessions and tool calls</h2>
            <Link className="small" href={`/sessions?${range}`}>
              Open the list
            </Link>
          </header>
          <div className="body">
            <Suspense fallback={<Skeleton height={240} />}>
              <Chart label="Sessions and tool calls over time" kind="line" categories={words} series={activity} />
            </Suspense>
          </div>
        </section>
        <section className="panel span-8" aria-labelledby="where">
          <UsageTable range={range} />
        </section>
        <div className="stack span-4" style={{ gap: 16 }}>
          <section className="panel" aria-labelledby="work">
            <header>
              <h2 id="work">What agents did</h2>
            </header>
            <div className="body bar-list">
              {overview.work.map(({ category, calls, sessions }) => (
                <div key={category}>
                  <div className="row spread small">
                    <span>{category.replaceAll('_', ' ') || 'other tools'}</span>
                    <span className="muted">
                      {grouped(calls)} calls, {grouped(sessions)} sessions
                    </span>
                  </div>
                  <div
                    className="bar"
                    style={{ width: `${(calls / Math.max(...overview.work.map((row) => row.calls))) * 100}%` }}
                  />
                </div>
              ))}
            </div>
          </section>
          <section className="panel" aria-labelledby="risk">
            <header>
              <h2 id="risk">Risk by agent and day</h2>
            </header>
            <div className="body scroll-x" tabIndex={0} role="region" aria-label="Risk by agent and day">
              <Heat risk={overview.risk} />
            </div>
          </section>
        </div>
      </div>
    </>
  );
}

function Figure({
  title,
  value,
  note,
  to,
  sql,
  values,
  alarm = false,
}: {
  title: string;
  value: string;
  note: string | undefined;
  to: string;
  sql: string;
  values: readonly number[];
  alarm?: boolean;
}) {
  return (
    <section className="panel figure" aria-label={title}>
      <h3>{title}</h3>
      <Link className="query" href={pathOf('/sql', { q: sql })} aria-label={`Query behind ${title}`}>
        query
      </Link>
      <Link className={alarm ? 'value alarm' : 'value'} href={to}>
        {value}
      </Link>
      <span className="small faint" title={note}>
        {note ?? 'no period before'}
      </span>
      <Sparkline values={values} />
    </section>
  );
}

function UsageTable({ range }: { range: string }) {
  const { get, set } = useAddress();
  const { from, to } = useTimeRange();
  const by = get('by') in GROUPS ? (get('by') as keyof typeof GROUPS) : 'agent';
  const usage = useQuery({
    queryKey: ['usage', by, from, to],
    queryFn: () => request<Page<Usage>>('GET', pathOf('/usage', { group_by: by, from, to })),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <header>
        <h2 id="where">Use and spend</h2>
        <select
          className="input"
          aria-label="Broken down by"
          value={by}
          onChange={(event) => set({ by: event.target.value === 'agent' ? '' : event.target.value })}
        >
          {Object.entries(GROUPS).map(([key, words]) => (
            <option key={key} value={key}>
              by {words.toLowerCase()}
            </option>
          ))}
        </select>
      </header>
      {usage.error ? (
        <div className="body">
          <Failure error={usage.error} retry={usage.refetch} />
        </div>
      ) : (
        <div className="scroll-x" tabIndex={0} role="region" aria-label="Use and spend">
          <table className="table">
            <thead>
              <tr>
                <th>{GROUPS[by]}</th>
                <th className="num">Sessions</th>
                <th className="num">People</th>
                <th className="num">Model calls</th>
                <th className="num">Tool calls</th>
                <th className="num">Errors</th>
                <th className="num">Tokens</th>
                <th className="num">Cost</th>
              </tr>
            </thead>
            <tbody>
              {(usage.data?.items ?? []).slice(0, 15).map((row) => (
                <tr key={row.key}>
                  <td>
                    {by === 'agent' || by === 'tool' || by === 'user' ? (
                      <Link href={`/sessions?${range}&${by}=${encodeURIComponent(row.key)}`}>
                        {row.key || 'not said'}
                      </Link>
                    ) : (
                      row.key || <span className="faint">not said</span>
                    )}
                  </td>
                  <td className="num">{grouped(row.sessions)}</td>
                  <td className="num">{grouped(row.users)}</td>
                  <td className="num">{grouped(row.llm_calls)}</td>
                  <td className="num">{grouped(row.tool_calls)}</td>
                  <td className="num">{grouped(row.errors)}</td>
                  <td className="num">{figure(row.input_tokens + row.output_tokens)}</td>
                  <td className="num">{dollars(row.cost_usd)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function Heat({ risk }: { risk: Overview['risk'] }) {
  const days = [...new Set(risk.map(({ day }) => day))].sort().slice(-7);
  const agents = [...new Set(risk.map(({ agent }) => agent))].slice(0, 12);
  if (risk.length === 0) return <p className="muted">No agent raised an alert.</p>;
  return (
    <table className="heat">
      <thead>
        <tr>
          <th>
            <span className="hidden-text">Agent</span>
          </th>
          {days.map((day) => (
            <th key={day}>{day.slice(5)}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {agents.map((agent) => (
          <tr key={agent}>
            <th scope="row">
              <Link href={`/agents/${encodeURIComponent(agent)}`}>{agent}</Link>
            </th>
            {days.map((day) => {
              const cell = risk.find((row) => row.agent === agent && row.day === day);
              return (
                <td
                  key={day}
                  className={cell && severityWord(cell.risk)}
                  title={cell && `${cell.alerts} alerts, highest risk ${cell.risk}`}
                >
                  {cell?.risk ?? ''}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function severityWord(risk: number): string {
  return risk >= 80 ? 'critical' : risk >= 60 ? 'high' : risk >= 40 ? 'medium' : 'low';
}

/** Starts of the buckets of the period, milliseconds since 1970. */
function bucketsOf({ from, to, bucket_seconds }: Overview): number[] {
  const width = bucket_seconds * 1_000;
  const first = Math.floor(Date.parse(from) / width) * width;
  return Array.from(
    { length: Math.min(Math.ceil((Date.parse(to) - first) / width), 400) },
    (_, index) => first + index * width,
  );
}

function fill<Row extends { at: string }>(
  buckets: readonly number[],
  rows: readonly Row[],
  of: (row: Row) => number,
): number[] {
  const known = new Map(rows.map((row) => [Date.parse(row.at), of(row)]));
  return buckets.map((at) => known.get(at) ?? 0);
}

const dayWords = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const timeWords = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

function label(at: number, seconds: number): string {
  return (seconds >= 86_400 ? dayWords : timeWords).format(at);
}
