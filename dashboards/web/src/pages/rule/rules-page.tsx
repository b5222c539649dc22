import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Page, Rule, RuleHealth } from '../../answers.ts';
import { useAddress } from '../../frame/use-address.ts';
import { useMay } from '../../frame/use-may.ts';
import { duration, grouped } from '../../number.ts';
import { Failure } from '../../parts/failure.tsx';
import { Severity } from '../../parts/severity.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';

const TABS = { catalogue: 'Catalogue', coverage: 'Coverage' } as const;

/** Every rule with how it fares, and what the rules cover of the threat frameworks. */
export default function RulesPage() {
  const { get, set } = useAddress();
  const mayManage = useMay('rules:manage');
  const rules = useQuery({ queryKey: ['rules'], queryFn: () => request<Page<Rule>>('GET', '/rules') });
  const health = useQuery({
    queryKey: ['rule-health'],
    queryFn: () => request<Page<RuleHealth>>('GET', '/rules/health'),
    refetchInterval: 15_000,
  });
  const tab = get('tab') === 'coverage' ? 'coverage' : 'catalogue';
  const wanted = get('q').toLowerCase();
  const shown = (rules.data?.items ?? []).filter(({ id, name, tags, severity, status }) =>
    [id, name, severity, status, ...tags].join(' ').toLowerCase().includes(wanted),
  );
  return (
    <div className="page">
      <div className="title-row">
        <h1>Rules</h1>
        <span className="muted">
          {grouped(rules.data?.items.length ?? 0)} loaded. A rule is a file with tests; edited here it is your org’s
          own.
        </span>
        <span className="grow" />
        {mayManage && (
          <Link className="button primary" href="/rules/new">
            New rule
          </Link>
        )}
      </div>
      <Tabs tabs={TABS} chosen={tab} choose={(name) => set({ tab: name === 'catalogue' ? '' : name })} />
      {rules.isPending ? (
        <Skeleton height={40} rows={8} />
      ) : rules.error ? (
        <Failure error={rules.error} retry={rules.refetch} />
      ) : tab === 'coverage' ? (
        <Coverage rules={rules.data.items} />
      ) : (
        <>
          <input
            className="input"
            style={{ maxWidth: 360 }}
            type="search"
            aria-label="Filter rules"
            placeholder="Filter by name, severity, state or tag"
            value={get('q')}
            onChange={(event) => set({ q: event.target.value })}
          />
          {health.error && <Failure error={health.error} retry={health.refetch} />}
          <section className="panel scroll-x" aria-label="Rules" tabIndex={0}>
            <table className="table">
              <thead>
                <tr>
                  <th>Severity</th>
                  <th>Rule</th>
                  <th>State</th>
                  <th className="num">Runs, 24 h</th>
                  <th className="num">Failures</th>
                  <th className="num">Findings</th>
                  <th className="num">p95</th>
                  <th>Evaluated to</th>
                </tr>
              </thead>
              <tbody>
                {shown.map((rule) => (
                  <Row
                    key={rule.id}
                    rule={rule}
                    health={health.data?.items.find(({ rule_id }) => rule_id === rule.id)}
                  />
                ))}
              </tbody>
            </table>
            {shown.length === 0 && <p className="state muted">No rule has this name, severity, state or tag.</p>}
          </section>
        </>
      )}
    </div>
  );
}

function Row({ rule, health }: { rule: Rule; health: RuleHealth | undefined }) {
  return (
    <tr>
      <td>
        <Severity severity={rule.severity} />
      </td>
      <td style={{ minWidth: 220 }}>
        <Link href={`/rules/${rule.id}`}>{rule.name}</Link>
        <div className="small faint mono">{rule.id}</div>
      </td>
      <td>
        <span className={rule.status === 'stable' ? 'chip good' : 'chip'}>{rule.enabled ? rule.status : 'off'}</span>
        {rule.changed && <span className="chip agent">changed</span>}
      </td>
      <td className="num">{grouped(health?.last_day?.runs ?? 0)}</td>
      <td className="num">
        {(health?.last_day?.errors ?? 0) > 0 ? (
          <span className="sev critical" title={health?.error}>
            {grouped(health?.last_day?.errors ?? 0)}
          </span>
        ) : (
          0
        )}
      </td>
      <td className="num">{grouped(health?.last_day?.findings ?? 0)}</td>
      <td className="num">{health?.last_day ? duration(health.last_day.p95_ms) : ''}</td>
      <td>{rule.evaluated_to === null ? <span className="faint">not yet</span> : <When at={rule.evaluated_to} />}</td>
    </tr>
  );
}

/** Techniques that rules name, by framework, with the rules behind each. */
function Coverage({ rules }: { rules: readonly Rule[] }) {
  const entries = rules.flatMap((rule) =>
    rule.threat.flatMap(({ framework, version, technique }) =>
      technique.map((name) => ({ framework: `${framework} ${version}`, name, rule })),
    ),
  );
  const frameworks = Map.groupBy(entries, ({ framework }) => framework);
  return (
    <div className="grid">
      {[...frameworks]
        .sort(([a], [b]) => a.localeCompare(b))
        .map(([framework, of]) => (
          <section key={framework} className="panel span-6" aria-label={framework}>
            <header>
              <h2>{framework}</h2>
              <span className="small faint">{grouped(new Set(of.map(({ name }) => name)).size)} techniques</span>
            </header>
            <div className="scroll-x" tabIndex={0} role="region" aria-label={framework}>
              <table className="table">
                <thead>
                  <tr>
                    <th>Technique</th>
                    <th>Rules</th>
                  </tr>
                </thead>
                <tbody>
                  {[...Map.groupBy(of, ({ name }) => name)]
                    .sort(([a], [b]) => a.localeCompare(b))
                    .map(([name, those]) => (
                      <tr key={name}>
                        <td className="mono">{name}</td>
                        <td>
                          <span className="row wrap" style={{ gap: 4 }}>
                            {those.map(({ rule }) => (
                              <Link
                                key={rule.id}
                                className={rule.status === 'stable' ? 'chip good' : 'chip'}
                                href={`/rules/${rule.id}`}
                              >
                                {rule.id}
                              </Link>
                            ))}
                          </span>
                        </td>
                      </tr>
                    ))}
                </tbody>
              </table>
            </div>
          </section>
        ))}
    </div>
  );
}
