import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { Link } from 'wouter';
import type { Alert, Page, Rule, RuleRun } from '../../answers.ts';
import { useAddress } from '../../frame/use-address.ts';
import { useMay } from '../../frame/use-may.ts';
import { duration, grouped } from '../../number.ts';
import { Answer } from '../../parts/answer.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Claim } from '../../parts/said.tsx';
import { Severity } from '../../parts/severity.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { When } from '../../parts/when.tsx';
import { pathOf, request } from '../../request.ts';
import { BacktestPanel } from './backtest-panel.tsx';
import { ChangeRule } from './change-rule.tsx';
import { ExceptionsPanel } from './exceptions-panel.tsx';
import { RuleHealth } from './rule-health.tsx';
import { RuleHistory } from './rule-history.tsx';
import type { RuleSource } from './rule-source.ts';

const CodeEditor = lazy(() => import('../../parts/code-editor.tsx'));

/** One rule: what it looks for, its files, how it fares, what it found, what the org made of it. */
export default function RulePage({ id }: { id: string }) {
  const path = `/rules/${encodeURIComponent(id)}`;
  const rule = useQuery({ queryKey: ['rule', id], queryFn: () => request<Rule>('GET', path) });
  const source = useQuery({
    queryKey: ['rule', id, 'source of the page'],
    queryFn: () => request<RuleSource>('GET', `${path}/source`),
  });
  const mayManage = useMay('rules:manage');
  return (
    <div className="page">
      <Answer of={rule} height={200} rows={2}>
        {(shown) => (
          <>
            <Head rule={shown} origin={source.data?.origin} />
            {mayManage && <ChangeRule rule={shown} source={source.data} />}
            <Body rule={shown} source={source.data} />
          </>
        )}
      </Answer>
    </div>
  );
}

function Head({ rule, origin }: { rule: Rule; origin: RuleSource['origin'] | undefined }) {
  const { id, name, description, severity, risk_score, status, version, threat, schedule, enabled, problem } = rule;
  return (
    <div className="stack" style={{ gap: 6 }}>
      <div className="row wrap small">
        <Severity severity={severity} />
        <span className="chip">risk {risk_score}</span>
        <span className={status === 'stable' && enabled ? 'chip good' : 'chip'}>{enabled ? status : 'off'}</span>
        {origin === 'edited' && <span className="chip agent">edited by your org</span>}
        {origin === 'org' && <span className="chip agent">your org’s own</span>}
        <code>{id}</code>
        <span className="faint">
          version {version}, runs {schedule}
        </span>
      </div>
      <h1>{name}</h1>
      <p className="muted" style={{ maxWidth: '75ch' }}>
        {description}
      </p>
      {problem !== '' && (
        <p className="failure" role="alert">
          Its file as it is now does not run, the version before does: {problem}
        </p>
      )}
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
  );
}

function Body({ rule, source }: { rule: Rule; source: RuleSource | undefined }) {
  const mayExcept = useMay('exceptions:manage');
  const mayQuery = useMay('sql:run');
  const runs = useQuery({
    queryKey: ['rule', rule.id, 'runs'],
    queryFn: () => request<Page<RuleRun>>('GET', pathOf(`/rules/${encodeURIComponent(rule.id)}/runs`, { limit: 60 })),
    refetchInterval: 10_000,
  });
  return (
    <div className="grid">
      <div className="stack span-8" style={{ gap: 16 }}>
        <Files rule={rule} source={source} />
        {mayQuery && <BacktestPanel id={rule.id} />}
        <ExceptionsPanel id={rule.id} may={mayExcept} />
      </div>
      <div className="stack span-4" style={{ gap: 16 }}>
        <section className="panel" aria-label="Health">
          <header>
            <h2>Health</h2>
          </header>
          <div className="body">
            <Answer of={runs} height={90} rows={1}>
              {({ items }) => <RuleHealth id={rule.id} runs={items} />}
            </Answer>
          </div>
        </section>
        <Alerts rule={rule} />
        <section className="panel" aria-label="Notes">
          <header>
            <h2>False positives</h2>
          </header>
          <ul className="body stack" style={{ gap: 4 }}>
            {rule.false_positives.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </section>
      </div>
      <section className="panel span-6" aria-label="Runbook">
        <header>
          <h2>Runbook</h2>
        </header>
        <div className="body" style={{ whiteSpace: 'pre-line', maxWidth: '80ch' }}>
          {rule.runbook.replace(/\n {3}/g, ' ')}
        </div>
      </section>
      {source && <RuleHistory id={rule.id} source={source} />}
      <section className="panel span-12" aria-label="Runs">
        <header>
          <h2>Last runs</h2>
        </header>
        <div style={{ maxHeight: 320, overflow: 'auto' }}>
          <DataTable
            bare
            small
            label="Last runs"
            head={['Started', '#Took', '#Rows read', '#Findings', 'Notes']}
            items={runs.data?.items ?? []}
          >
            {(run) => (
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
            )}
          </DataTable>
        </div>
      </section>
    </div>
  );
}

function Files({ rule, source }: { rule: Rule; source: RuleSource | undefined }) {
  const { get, set } = useAddress();
  const tab = get('file') === 'tests' ? 'tests' : get('file') === 'query' && rule.query ? 'query' : 'rule';
  const tabs = { rule: 'Rule', tests: 'Tests', ...(rule.query && { query: 'Query that runs' }) };
  return (
    <section className="panel" aria-label="Files">
      <div style={{ padding: '8px 14px 0' }}>
        <Tabs tabs={tabs} chosen={tab} choose={(name) => set({ file: name === 'rule' ? '' : name })} />
      </div>
      {source && !source.editable && (
        <p className="muted small" style={{ padding: '8px 14px' }}>
          A detector in TypeScript. Its code runs with the rights of the server, so it is changed in its file and
          reviewed like other code, never in the browser; it can be switched off here.
        </p>
      )}
      {source === undefined ? (
        <Skeleton height={360} />
      ) : (
        <div className="tall">
          <Suspense fallback={<Skeleton height={360} />}>
            <CodeEditor
              key={tab}
              readOnly
              label={tab === 'rule' ? 'Rule' : tab === 'tests' ? 'Tests' : 'Query'}
              text={tab === 'rule' ? source.text : tab === 'tests' ? source.tests : (rule.query ?? '')}
            />
          </Suspense>
        </div>
      )}
    </section>
  );
}

function Alerts({ rule: { id, status } }: { rule: Rule }) {
  const alerts = useQuery({
    queryKey: ['alerts', 'rule', id],
    queryFn: () => request<Page<Alert>>('GET', pathOf('/alerts', { rule_id: id, limit: 9 })),
  });
  return (
    <section className="panel" aria-label="Alerts">
      <header>
        <h2>Alerts</h2>
        <Link className="small" href={`/alerts?rule=${id}&status=any&range=90d`}>
          All
        </Link>
      </header>
      <div className="body stack" style={{ gap: 6 }}>
        <Answer of={alerts} height={20}>
          {({ items }) =>
            items.length === 0 ? (
              <p className="muted">
                {status === 'experimental'
                  ? 'None: the findings of an experimental rule alert nobody.'
                  : 'None within the retention.'}
              </p>
            ) : (
              items.map((alert) => (
                <Link key={alert.id} className="cut" href={`/alerts/${alert.id}`} title={alert.title}>
                  <Claim text={alert.title} />
                </Link>
              ))
            )
          }
        </Answer>
      </div>
    </section>
  );
}
