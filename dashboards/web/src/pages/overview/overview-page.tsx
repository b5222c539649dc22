import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo } from 'react';
import { Link } from 'wouter';
import type { Overview } from '../../answers.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { grouped } from '../../number.ts';
import type { Series } from '../../parts/chart.tsx';
import { NoSpans } from '../../parts/empty.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { pathOf, request } from '../../request.ts';
import { Bars } from './bars.tsx';
import { bucketLabel, bucketsOf, fill } from './buckets.ts';
import { Coverage } from './coverage.tsx';
import { InsightPanels } from './insight-panels.tsx';
import { OverviewFigures } from './overview-figures.tsx';
import { QueryLink } from './query-link.tsx';
import { RiskHeat } from './risk-heat.tsx';
import { UsageTable } from './usage-table.tsx';

const Chart = lazy(() => import('../../parts/chart.tsx'));

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
  const { alerts, timeline } = overview;
  const buckets = useMemo(() => bucketsOf(overview), [overview]);
  const words = useMemo(
    () => buckets.map((at) => bucketLabel(at, overview.bucket_seconds)),
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
      <OverviewFigures overview={overview} buckets={buckets} range={range} />
      <div className="grid">
        <Panel
          id="alerts-over-time"
          title="Alerts by severity"
          span={6}
          aside={
            <span className="row small">
              <Link href={`/alerts?${range}&status=any`}>Open the list</Link>
              <QueryLink
                of="alerts"
                sql="SELECT toDate(opened_at) AS day, severity, count() AS alerts FROM alerts GROUP BY ALL ORDER BY day"
              />
            </span>
          }
        >
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
        </Panel>
        <Panel
          id="activity"
          title="Sessions and tool calls"
          span={6}
          aside={
            <span className="row small">
              <Link href={`/sessions?${range}`}>Open the list</Link>
              <QueryLink
                of="activity"
                sql="SELECT toDate(Timestamp) AS day, uniq(SessionId) AS sessions, countIf(Kind = 'tool') AS tool_calls FROM otel_traces FINAL GROUP BY day ORDER BY day"
              />
            </span>
          }
        >
          <div className="body">
            <Suspense fallback={<Skeleton height={240} />}>
              <Chart label="Sessions and tool calls over time" kind="line" categories={words} series={activity} />
            </Suspense>
          </div>
        </Panel>
        <Panel
          id="risk"
          title="Risk by agent and day"
          span={8}
          aside={
            <QueryLink
              of="risk"
              sql="SELECT entity_value AS agent, toDate(opened_at) AS day, max(risk_score) AS risk, count() AS alerts FROM alerts WHERE entity_kind = 'agent' GROUP BY ALL ORDER BY risk DESC"
            />
          }
        >
          <div className="body scroll-x" tabIndex={0} role="region" aria-label="Risk by agent and day">
            <RiskHeat risk={overview.risk} />
          </div>
        </Panel>
        <Panel id="classes" title="Work that agents do" span={4}>
          <div className="body">
            <Bars
              rows={overview.work_classes.map(({ work_class, sessions }) => ({
                name: work_class.replaceAll('_', ' '),
                value: sessions,
                note: `${grouped(sessions)} sessions`,
              }))}
              empty="No session of this period has a summary, which names its work."
            />
          </div>
        </Panel>
        <section className="panel span-8" aria-labelledby="where">
          <UsageTable range={range} />
        </section>
        <div className="stack span-4" style={{ gap: 16 }}>
          <Panel
            id="work"
            title="What tools were for"
            aside={
              <QueryLink
                of="tools"
                sql="SELECT ToolCategory, count() AS calls, uniq(SessionId) AS sessions FROM otel_traces FINAL WHERE Kind = 'tool' GROUP BY ToolCategory ORDER BY calls DESC"
              />
            }
          >
            <div className="body">
              <Bars
                rows={overview.work.map(({ category, calls, sessions }) => ({
                  name: category.replaceAll('_', ' ') || 'other tools',
                  value: calls,
                  note: `${grouped(calls)} calls, ${grouped(sessions)} sessions`,
                }))}
                empty="No tool was called."
              />
            </div>
          </Panel>
          <Panel
            id="coverage"
            title="Coverage"
            aside={
              <QueryLink
                of="coverage"
                sql="SELECT ServiceName, AgentFramework, count() AS spans, countIf(AgentId = '') AS unknown_agent, countIf(UserId = '') AS unknown_user FROM otel_traces FINAL GROUP BY ALL ORDER BY spans DESC"
              />
            }
          >
            <div className="body">
              <Coverage overview={overview} />
            </div>
          </Panel>
        </div>
        <InsightPanels />
      </div>
    </>
  );
}
