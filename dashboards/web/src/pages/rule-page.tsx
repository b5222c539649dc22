import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Alert, Page, Rule, RuleRun } from '../answers.ts';
import { duration, grouped } from '../number.ts';
import { Failure } from '../parts/failure.tsx';
import { Claim } from '../parts/said.tsx';
import { Severity } from '../parts/severity.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { When } from '../parts/when.tsx';
import { pathOf, request } from '../request.ts';

/** One rule: what it looks for, its query, how it fares, what it found. */
export default function RulePage({ id }: { id: string }) {
  const path = `/rules/${encodeURIComponent(id)}`;
  const rule = useQuery({ queryKey: ['rule', id], queryFn: () => request<Rule>('GET', path) });
  const runs = useQuery({
    queryKey: ['rule', id, 'runs'],
    queryFn: () => request<Page<RuleRun>>('GET', pathOf(`${path}/runs`, { limit: 60 })),
    refetchInterval: 10_000,
  });
  const alerts = useQuery({
    queryKey: ['alerts', 'rule', id],
    queryFn: () => request<Page<Alert>>('GET', pathOf('/alerts', { rule_id: id, limit: 9 })),
  });
  if (rule.isPending)
    return (
      <div className="page">
        <Skeleton height={28} />
        <Skeleton height={400} />
      </div>
    );
  if (rule.error)
    return (
      <div className="page">
        <h1>Rule</h1>
        <Failure error={rule.error} retry={rule.refetch} />
      </div>
    );
  const {
    name,
    description,
    severity,
    risk_score,
    status,
    version,
    threat,
    query,
    runbook,
    false_positives,
    params,
    required_fields,
    schedule,
  } = rule.data;
  return (
    <div className="page">
      <div className="stack" style={{ gap: 6 }}>
        <div className="row wrap small">
          <Severity severity={severity} />
          <span className="chip">risk {risk_score}</span>
          <span className={status === 'stable' ? 'chip good' : 'chip'}>{status}</span>
          <code>{id}</code>
          <span className="faint">
            version {version}, runs {schedule}
          </span>
        </div>
        <h1>{name}</h1>
        <p className="muted" style={{ maxWidth: '75ch' }}>
          {description}
        </p>
        <div className="row wrap" style={{ gap: 4 }}>
          {threat.flatMap(({ framework, technique }) =>
            technique.map((one) => (
              <span key={`${framework} ${one}`} className="chip" title={framework}>
                {one}
              </span>
            )),
          )}
        </div>
      </div>
      <div className="grid">
        <section className="panel span-8" aria-label="Query">
          <header>
            <h2>{query ? 'Query' : 'Detector in TypeScript'}</h2>
          </header>
          <div className="body stack">
            {query ? (
              <pre className="code" tabIndex={0}>
                {query}
              </pre>
            ) : (
              <p className="muted">
                A pure function over each session with new spans; its file stands beside its tests in the rules folder.
              </p>
            )}
            {Object.keys(params).length > 0 && (
              <dl className="facts mono">
                {Object.entries(params).map(([key, value]) => (
                  <div key={key} style={{ display: 'contents' }}>
                    <dt>{key}</dt>
                    <dd>{JSON.stringify(value)}</dd>
                  </div>
                ))}
              </dl>
            )}
          </div>
        </section>
        <div className="stack span-4" style={{ gap: 16 }}>
          <section className="panel" aria-label="Health">
            <header>
              <h2>Health</h2>
            </header>
            <div className="body">
              {runs.error ? (
                <Failure error={runs.error} retry={runs.refetch} />
              ) : runs.isPending ? (
                <Skeleton height={90} />
              ) : (
                <Health runs={runs.data.items} />
              )}
            </div>
          </section>
          <section className="panel" aria-label="Alerts">
            <header>
              <h2>Alerts</h2>
              <Link className="small" href={`/alerts?rule=${id}&status=any&range=90d`}>
                All
              </Link>
            </header>
            <div className="body stack" style={{ gap: 6 }}>
              {alerts.error && <Failure error={alerts.error} retry={alerts.refetch} />}
              {alerts.data?.items.length === 0 && (
                <p className="muted">
                  {status === 'experimental'
                    ? 'None: the findings of an experimental rule alert nobody.'
                    : 'None within the retention.'}
                </p>
              )}
              {alerts.data?.items.map((alert) => (
                <Link key={alert.id} className="cut" href={`/alerts/${alert.id}`} title={alert.title}>
                  <Claim text={alert.title} />
                </Link>
              ))}
            </div>
          </section>
          <section className="panel" aria-label="Notes">
            <header>
              <h2>False positives and fields</h2>
            </header>
            <div className="body stack">
              <ul className="stack" style={{ gap: 4 }}>
                {false_positives.map((one) => (
                  <li key={one}>{one}</li>
                ))}
              </ul>
              <span className="row wrap" style={{ gap: 4 }}>
                {required_fields.map((field) => (
                  <span key={field} className="chip mono">
                    {field}
                  </span>
                ))}
              </span>
            </div>
          </section>
        </div>
        <section className="panel span-6" aria-label="Runbook">
          <header>
            <h2>Runbook</h2>
          </header>
          <div className="body" style={{ whiteSpace: 'pre-line', maxWidth: '80ch' }}>
            {runbook.replace(/\n {3}/g, ' ')}
          </div>
        </section>
        <section className="panel span-6" aria-label="Runs">
          <header>
            <h2>Last runs</h2>
          </header>
          <div
            className="scroll-x"
            style={{ maxHeight: 320, overflow: 'auto' }}
            tabIndex={0}
            role="region"
            aria-label="Last runs"
          >
            <table className="table small">
              <thead>
                <tr>
                  <th>Started</th>
                  <th className="num">Took</th>
                  <th className="num">Rows read</th>
                  <th className="num">Findings</th>
                  <th>Notes</th>
                </tr>
              </thead>
              <tbody>
                {(runs.data?.items ?? []).map((run) => (
                  <tr key={`${run.started_at} ${run.window_from}`}>
                    <td>
                      <When at={run.started_at} />
                    </td>
                    <td className="num">{duration(run.duration_ms)}</td>
                    <td className="num">{grouped(run.rows_read)}</td>
                    <td className="num">{grouped(run.findings)}</td>
                    <td>
                      {run.error !== '' ? (
                        <span className="sev critical">{run.error}</span>
                      ) : (
                        [run.filled_in && 'filled in', run.truncated && 'cut'].filter(Boolean).join(', ')
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      </div>
    </div>
  );
}

/** A strip of the last runs: height is how long, colour whether it went well. */
function Health({ runs }: { runs: readonly RuleRun[] }) {
  const most = Math.max(...runs.map(({ duration_ms }) => duration_ms), 1);
  const failed = runs.filter(({ error }) => error !== '').length;
  const ordered = runs.toReversed();
  return (
    <div className="stack">
      <svg
        width="100%"
        height="44"
        viewBox={`0 0 ${Math.max(runs.length, 60) * 5} 44`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${runs.length} runs, ${failed} failed`}
      >
        {ordered.map(({ started_at, duration_ms, error, window_from }, index) => {
          const height = Math.max(3, (duration_ms / most) * 42);
          return (
            <rect
              key={`${started_at} ${window_from}`}
              x={index * 5}
              y={44 - height}
              width="4"
              height={height}
              fill={error === '' ? 'var(--c3)' : 'var(--critical)'}
            />
          );
        })}
      </svg>
      <p className="small muted">
        {grouped(runs.length)} last runs, {grouped(failed)} failed, the slowest {duration(most)},{' '}
        {grouped(runs.reduce((sum, { findings }) => sum + findings, 0))} findings.
      </p>
    </div>
  );
}
