import { Link, useLocation } from 'wouter';
import type { AlertDetail, CloseReason } from '../../answers.ts';
import { useKeys } from '../../frame/use-keys.ts';
import { CopyId } from '../../parts/copy-id.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Said } from '../../parts/said.tsx';
import { When } from '../../parts/when.tsx';
import { pathOf } from '../../request.ts';
import { type Action, CLOSE_WORDS, useActOnAlerts } from './act-on-alerts.ts';

/** What can be done about an alert, and what is known of it. */
export function AlertSide({ alert }: { alert: AlertDetail }) {
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
          <Link
            className="button"
            href={pathOf('/admin', {
              tab: 'silences',
              rule: alert.rule_id,
              entity: `${alert.entity.kind}:${alert.entity.value}`,
            })}
          >
            Silence…
          </Link>
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
            {alert.session_id !== '' && (
              <>
                <dt>incident</dt>
                <dd>
                  <Link href={`/alerts/incidents/${encodeURIComponent(alert.session_id)}`}>Alerts of its session</Link>
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
