import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Alert, AlertDetail, CloseReason, Page } from '../answers.ts';
import { useKeys } from '../frame/use-keys.ts';
import { grouped } from '../number.ts';
import { CopyId } from '../parts/copy-id.tsx';
import { Failure } from '../parts/failure.tsx';
import { Claim, LitToken, Said } from '../parts/said.tsx';
import { Severity } from '../parts/severity.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { When } from '../parts/when.tsx';
import { pathOf, request } from '../request.ts';
import { type Action, CLOSE_WORDS, useActOnAlerts } from './act-on-alerts.ts';
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
          <div className="grid">
            <section className="panel span-6" aria-labelledby="why">
              <header>
                <h2 id="why">Why it fired</h2>
              </header>
              <div className="body">
                <Values alert={alert} />
              </div>
            </section>
            <section className="panel span-6" aria-labelledby="runbook">
              <header>
                <h2 id="runbook">Runbook</h2>
              </header>
              <div className="body">
                <Runbook text={alert.runbook} />
              </div>
            </section>
            <section className="panel span-6" aria-labelledby="history">
              <header>
                <h2 id="history">History</h2>
              </header>
              <div className="body">
                <History alert={alert} />
              </div>
            </section>
            <section className="panel span-6" aria-labelledby="related">
              <header>
                <h2 id="related">Related alerts</h2>
              </header>
              <div className="body">
                <Related alert={alert} />
              </div>
            </section>
          </div>
        </div>
        <Side alert={alert} />
      </div>
    </div>
  );
}

function Values({ alert }: { alert: AlertDetail }) {
  const rule = useQuery({
    queryKey: ['rule', alert.rule_id],
    queryFn: () => request<{ description: string }>('GET', `/rules/${alert.rule_id}`),
  });
  return (
    <div className="stack">
      {rule.data && (
        <p className="muted" style={{ maxWidth: '75ch' }}>
          {rule.data.description}
        </p>
      )}
      <dl className="facts">
        {Object.entries(alert.values).map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt className="mono">{name}</dt>
            <dd className="mono">
              <Said text={listed(value)} />
            </dd>
          </div>
        ))}
        <dt>Matches</dt>
        <dd>
          {grouped(alert.count)} on {grouped(alert.evidence_total)} spans
        </dd>
        <dt>Spans</dt>
        <dd>
          <When at={alert.starts_at} as="exact" /> to <When at={alert.ends_at} as="clock" />
        </dd>
      </dl>
    </div>
  );
}

/** A value as people read it: rules hand over lists as JSON. */
function listed(value: string): string {
  if (!value.startsWith('[')) return value;
  try {
    const items: unknown = JSON.parse(value);
    return Array.isArray(items) ? items.map(String).filter(Boolean).join(', ') || 'none' : value;
  } catch {
    return value;
  }
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

const EVENT_WORDS: Readonly<Record<string, string>> = {
  opened: 'opened',
  matched: 'matched again',
  acknowledged: 'acknowledged',
  assigned: 'assigned to',
  commented: 'noted',
  closed: 'closed as',
  reopened: 'opened again',
};

function History({ alert }: { alert: AlertDetail }) {
  const act = useActOnAlerts();
  return (
    <div className="stack">
      <ol className="log">
        {alert.log.map((entry) => (
          <li key={entry.event_id}>
            <span className="faint small">
              <When at={entry.at} />
            </span>
            <span>
              <strong>{entry.actor}</strong> {EVENT_WORDS[entry.type] ?? entry.type}{' '}
              <bdi>{entry.type === 'closed' ? CLOSE_WORDS[entry.detail as CloseReason] : entry.detail}</bdi>
            </span>
          </li>
        ))}
        {alert.deliveries.map((delivery) => (
          <li key={delivery.delivery_id}>
            <span className="faint small">
              <When at={delivery.planned_at} />
            </span>
            <span>
              delivery of “{delivery.event}” to a destination: {delivery.state}
            </span>
          </li>
        ))}
      </ol>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const text = String(new FormData(form).get('text')).trim();
          if (text !== '') act.mutate({ action: 'comment', text, ids: [alert.id] }, { onSuccess: () => form.reset() });
        }}
      >
        <input className="input" name="text" aria-label="Note" placeholder="Add a note" maxLength={4_000} />
        <button type="submit" className="button" disabled={act.isPending}>
          Add
        </button>
      </form>
      {act.error && <Failure error={act.error} />}
    </div>
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

function Side({ alert }: { alert: AlertDetail }) {
  const act = useActOnAlerts();
  const [, navigate] = useLocation();
  const run = (action: Action) => act.mutate({ ...action, ids: [alert.id] });
  const isClosed = alert.status === 'closed';
  useKeys({
    a: () => alert.status === 'open' && run({ action: 'acknowledge' }),
    e: () => !isClosed && run({ action: 'close', reason: 'benign' }),
    Escape: () => navigate('/alerts'),
  });
  return (
    <aside className="side" aria-label="Actions and facts">
      <section className="panel">
        <header>
          <h2>Actions</h2>
        </header>
        <div className="body actions">
          {alert.status === 'open' && (
            <button
              type="button"
              className="button primary"
              disabled={act.isPending}
              onClick={() => run({ action: 'acknowledge' })}
            >
              Acknowledge <kbd>a</kbd>
            </button>
          )}
          {isClosed ? (
            <button type="button" className="button" disabled={act.isPending} onClick={() => run({ action: 'reopen' })}>
              Reopen
            </button>
          ) : (
            (Object.entries(CLOSE_WORDS) as [CloseReason, string][]).map(([reason, words]) => (
              <button
                key={reason}
                type="button"
                className="button"
                disabled={act.isPending}
                onClick={() => run({ action: 'close', reason })}
              >
                Close: {words.toLowerCase()} {reason === 'benign' && <kbd>e</kbd>}
              </button>
            ))
          )}
          {!isClosed && (
            <form
              className="row"
              onSubmit={(event) => {
                event.preventDefault();
                run({
                  action: 'assign',
                  assignee: String(new FormData(event.currentTarget).get('assignee')).trim() || null,
                });
              }}
            >
              <input
                key={alert.assignee}
                className="input"
                name="assignee"
                aria-label="Assignee"
                placeholder="Assign to"
                defaultValue={alert.assignee ?? ''}
                maxLength={200}
              />
              <button type="submit" className="button" disabled={act.isPending}>
                Set
              </button>
            </form>
          )}
          {act.error && <Failure error={act.error} />}
        </div>
      </section>
      <section className="panel">
        <header>
          <h2>Facts</h2>
        </header>
        <div className="body stack small">
          <dl className="facts">
            <dt>{alert.entity.kind}</dt>
            <dd>
              {alert.entity.kind === 'session' ? (
                <Link href={`/sessions/${encodeURIComponent(alert.entity.value)}`}>{alert.entity.value}</Link>
              ) : (
                <Said text={alert.entity.value} />
              )}
            </dd>
            {alert.session_id !== '' && alert.entity.kind !== 'session' && (
              <>
                <dt>session</dt>
                <dd>
                  <Link href={`/sessions/${encodeURIComponent(alert.session_id)}`}>{alert.session_id}</Link>
                </dd>
              </>
            )}
            <dt>opened</dt>
            <dd>
              <When at={alert.opened_at} as="exact" />
            </dd>
            <dt>assignee</dt>
            <dd>{alert.assignee ?? 'nobody'}</dd>
            <dt>id</dt>
            <dd>
              <CopyId id={alert.id} />
            </dd>
          </dl>
          <h3>Threat mapping</h3>
          {alert.threat.map(({ framework, version, technique }) => (
            <div key={framework} className="stack" style={{ gap: 3 }}>
              <span className="faint">
                {framework} {version}
              </span>
              <span className="row wrap" style={{ gap: 4 }}>
                {technique.map((name) => (
                  <span key={name} className="chip mono">
                    {name}
                  </span>
                ))}
              </span>
            </div>
          ))}
        </div>
      </section>
    </aside>
  );
}
