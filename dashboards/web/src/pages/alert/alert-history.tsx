import type { AlertDetail, CloseReason } from '../../answers.ts';
import { Failure } from '../../parts/failure.tsx';
import { When } from '../../parts/when.tsx';
import { CLOSE_WORDS, useActOnAlerts } from './act-on-alerts.ts';
import { EVENT_WORDS } from './event-words.ts';

/** What was done about an alert and who was told, with a place for a note. */
export function AlertHistory({ alert }: { alert: AlertDetail }) {
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
