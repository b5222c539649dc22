import { useQuery } from '@tanstack/react-query';
import { Link, useLocation } from 'wouter';
import type { CloseReason, IncidentDetail } from '../../answers.ts';
import { useKeys } from '../../frame/use-keys.ts';
import { useMay } from '../../frame/use-may.ts';
import { grouped } from '../../number.ts';
import { Answer } from '../../parts/answer.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Claim } from '../../parts/said.tsx';
import { Severity } from '../../parts/severity.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';
import { CLOSE_WORDS, useActOnAlerts } from './act-on-alerts.ts';
import { EVENT_WORDS } from './event-words.ts';

/** Every alert of one session, and all that happened to them in one line of time. */
export default function IncidentPage({ session }: { session: string }) {
  const [, navigate] = useLocation();
  const incident = useQuery({
    queryKey: ['alerts', 'incident', session],
    queryFn: () => request<IncidentDetail>('GET', `/incidents/${encodeURIComponent(session)}`),
  });
  useKeys({ Escape: () => navigate('/alerts/incidents') });
  return (
    <div className="page">
      {incident.error && <h1>Incident</h1>}
      <Answer of={incident} height={120} rows={3}>
        {(found) => <Detail incident={found} />}
      </Answer>
    </div>
  );
}

function Detail({ incident }: { incident: IncidentDetail }) {
  const { session_id: session, alerts, alerts_total: total, timeline } = incident;
  return (
    <>
      <div className="stack" style={{ gap: 6 }}>
        <div className="row wrap small">
          <Severity severity={incident.severity} />
          <span className="chip">risk {incident.risk_score}</span>
          <span className={incident.status === 'closed' ? 'chip good' : 'chip'}>{incident.status}</span>
          <span className="muted">
            {grouped(total)} {total === 1 ? 'alert' : 'alerts'} of one session, first{' '}
            <When at={incident.opened_at} as="exact" />
          </span>
        </div>
        <h1 className="claim">
          <Claim text={incident.title} />
        </h1>
        <div className="row wrap">
          <Link className="button" href={`/sessions/${encodeURIComponent(session)}`}>
            Open the session
          </Link>
          <Actions incident={incident} />
        </div>
      </div>
      <div className="grid">
        <Panel id="alerts" title="Alerts" span={6} aside={<span className="small faint num">{grouped(total)}</span>}>
          <ul className="body stack" style={{ gap: 12 }}>
            {alerts.map((alert) => (
              <li key={alert.id} className="stack" style={{ gap: 2 }}>
                <div className="row" style={{ alignItems: 'baseline' }}>
                  <Severity severity={alert.severity} bare />
                  <Link href={`/alerts/${alert.id}`} className="grow" style={{ overflowWrap: 'anywhere' }}>
                    <Claim text={alert.title} />
                  </Link>
                </div>
                <div className="row wrap small faint">
                  <span className={alert.status === 'closed' ? 'chip good' : 'chip'}>{alert.status}</span>
                  <span>{alert.rule_id}</span>
                  <span>{alert.assignee ?? 'nobody'}</span>
                  <When at={alert.opened_at} />
                </div>
              </li>
            ))}
          </ul>
        </Panel>
        <Panel id="timeline" title="What happened" span={6}>
          <ol className="log body">
            {timeline.map((entry) => (
              <li key={`${entry.alert_id} ${entry.event_id}`}>
                <span className="faint small">
                  <When at={entry.at} />
                </span>
                <span style={{ overflowWrap: 'anywhere' }}>
                  <strong>{entry.actor}</strong> {EVENT_WORDS[entry.type] ?? entry.type}{' '}
                  <bdi>{entry.type === 'closed' ? CLOSE_WORDS[entry.detail as CloseReason] : entry.detail}</bdi>{' '}
                  <Link className="small" href={`/alerts/${entry.alert_id}`}>
                    {entry.rule_id}
                  </Link>
                </span>
              </li>
            ))}
          </ol>
        </Panel>
      </div>
    </>
  );
}

/** What is done to every alert of the incident that its state allows it for. */
function Actions({ incident }: { incident: IncidentDetail }) {
  const act = useActOnAlerts();
  const may = useMay('alerts:act');
  const idsOf = (...states: string[]) =>
    incident.alerts.filter(({ status }) => states.includes(status)).map(({ id }) => id);
  const open = idsOf('open');
  const unclosed = idsOf('open', 'acknowledged');
  const close = (reason: CloseReason) => act.mutate({ action: 'close', reason, ids: unclosed });
  useKeys({
    a: () => may && open.length > 0 && act.mutate({ action: 'acknowledge', ids: open }),
    e: () => may && unclosed.length > 0 && close('benign'),
  });
  if (!may || unclosed.length === 0) return null;
  return (
    <>
      {open.length > 0 && (
        <button
          type="button"
          className="button primary"
          disabled={act.isPending}
          onClick={() => act.mutate({ action: 'acknowledge', ids: open })}
        >
          Acknowledge all <kbd>a</kbd>
        </button>
      )}
      <button type="button" className="button" disabled={act.isPending} onClick={() => close('true_positive')}>
        Close all: true positive
      </button>
      <button type="button" className="button" disabled={act.isPending} onClick={() => close('benign')}>
        Close all: benign <kbd>e</kbd>
      </button>
      {act.error && <Failure error={act.error} />}
    </>
  );
}
