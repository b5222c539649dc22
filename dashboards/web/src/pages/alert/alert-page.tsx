import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { Alert, AlertDetail, Page } from '../../answers.ts';
import { Failure } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Claim, LitToken } from '../../parts/said.tsx';
import { Severity } from '../../parts/severity.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { When } from '../../parts/when.tsx';
import { pathOf, request } from '../../request.ts';
import { CLOSE_WORDS } from './act-on-alerts.ts';
import { AlertHistory } from './alert-history.tsx';
import { AlertSide } from './alert-side.tsx';
import { AlertTriage } from './alert-triage.tsx';
import { AlertValues } from './alert-values.tsx';
import { EvidencePath } from './evidence-path.tsx';

/** One alert: the claim, the evidence behind it, why it fired, what to do, what was done. */
export function AlertPage({ id }: { id: string }) {
  const [lit, setLit] = useState('');
  const light = useMemo(() => ({ token: lit, light: setLit }), [lit]);
  const alert = useQuery({
    queryKey: ['alerts', 'one', id],
    queryFn: () => request<AlertDetail>('GET', `/alerts/${encodeURIComponent(id)}`),
  });
  if (alert.isPending)
    return (
      <div className="page">
        <Skeleton height={28} />
        <Skeleton height={150} />
        <Skeleton height={200} />
      </div>
    );
  if (alert.error)
    return (
      <div className="page">
        <h1>Alert</h1>
        <Failure error={alert.error} retry={alert.refetch} />
      </div>
    );
  return (
    <LitToken value={light}>
      <Detail alert={alert.data} />
    </LitToken>
  );
}

function Detail({ alert }: { alert: AlertDetail }) {
  return (
    <div className="page">
      <div className="stack" style={{ gap: 6 }}>
        <div className="row wrap small">
          <Severity severity={alert.severity} />
          <span className="chip">risk {alert.risk_score}</span>
          <span className={alert.status === 'closed' ? 'chip good' : 'chip'}>
            {alert.status}
            {alert.close_reason ? `: ${CLOSE_WORDS[alert.close_reason]}` : ''}
          </span>
          <Link href={`/rules/${alert.rule_id}`}>{alert.rule_id}</Link>
          <span className="faint">version {alert.rule_version}</span>
          {alert.filled_in && <span className="chip">found late</span>}
        </div>
        <h1 className="claim">
          <Claim text={alert.title} />
        </h1>
      </div>
      <div className="detail">
        <div className="stack" style={{ gap: 16 }}>
          <EvidencePath alert={alert} />
          <AlertTriage alert={alert} />
          <div className="grid">
            <Panel id="why" title="Why it fired" span={6}>
              <div className="body">
                <AlertValues alert={alert} />
              </div>
            </Panel>
            <Panel id="runbook" title="Runbook" span={6}>
              <div className="body">
                <Runbook text={alert.runbook} />
              </div>
            </Panel>
            <Panel id="history" title="History" span={6}>
              <div className="body">
                <AlertHistory alert={alert} />
              </div>
            </Panel>
            <Panel id="related" title="Related alerts" span={6}>
              <div className="body">
                <Related alert={alert} />
              </div>
            </Panel>
          </div>
        </div>
        <AlertSide alert={alert} />
      </div>
    </div>
  );
}

function Runbook({ text }: { text: string }) {
  const steps = text
    .split(/\n(?=\d+\. )/)
    .map((step) => step.replace(/\s*\n\s*/g, ' ').trim())
    .filter(Boolean);
  return (
    <ol className="runbook">
      {steps.map((step) => {
        const [, number, words] = /^(\d+)\. (.*)$/s.exec(step) ?? ['', '', step];
        return (
          <li key={step}>
            <span className="faint num">{number}</span>
            <span>
              <Claim text={words ?? ''} />
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function Related({ alert }: { alert: Alert }) {
  const same = useQuery({
    queryKey: ['alerts', 'rule', alert.rule_id],
    queryFn: () => request<Page<Alert>>('GET', pathOf('/alerts', { rule_id: alert.rule_id, limit: 9 })),
  });
  const others = (same.data?.items ?? []).filter(({ id }) => id !== alert.id);
  if (same.error) return <Failure error={same.error} retry={same.refetch} />;
  if (others.length === 0) return <p className="muted">This rule has no other alert within the retention.</p>;
  return (
    <ul className="stack" style={{ gap: 8 }}>
      {others.map((other) => (
        <li key={other.id} className="row">
          <Severity severity={other.severity} bare />
          <Link href={`/alerts/${other.id}`} className="cut grow" title={other.title}>
            <Claim text={other.title} />
          </Link>
          <span className="small faint">
            <When at={other.opened_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
