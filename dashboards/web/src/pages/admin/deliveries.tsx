import { Link } from 'wouter';
import { useAddress } from '../../frame/use-address.ts';
import { grouped } from '../../number.ts';
import { Field } from '../../parts/field.tsx';
import { KeptList } from '../../parts/kept-list.tsx';
import { useKept } from '../../parts/use-kept.ts';
import { When } from '../../parts/when.tsx';
import { pathOf } from '../../request.ts';
import type { Destination } from './destinations.tsx';

interface Delivery {
  delivery_id: string;
  destination_id: string;
  alert_id: string;
  event: string;
  event_at: string;
  state: string;
  attempts: number;
  next_attempt_at: string;
  reason: string;
}

const STATES = {
  dead: 'Given up',
  pending: 'Waiting',
  delivered: 'Delivered',
  silenced: 'Held back',
  grouped: 'Told in a summary',
  superseded: 'Superseded',
  unrouted: 'Sent nowhere',
} as const;

/** What was sent, what waits and what was given up, which can be sent again. */
export default function Deliveries() {
  const { get, set } = useAddress();
  const state = get('state') in STATES ? get('state') : 'dead';
  const kept = useKept<Delivery>(pathOf('/deliveries', { state, destination_id: get('destination'), limit: 200 }));
  const destinations = useKept<Destination>('/destinations').list.data?.items ?? [];
  const nameOf = (id: string) => destinations.find((one) => one.id === id)?.name ?? 'a removed destination';
  return (
    <>
      <div className="row wrap">
        <Field label="State">
          <select className="input" value={state} onChange={(event) => set({ state: event.target.value })}>
            {Object.entries(STATES).map(([key, words]) => (
              <option key={key} value={key}>
                {words}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Destination">
          <select
            className="input"
            value={get('destination')}
            onChange={(event) => set({ destination: event.target.value })}
          >
            <option value="">every one</option>
            {destinations.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </Field>
      </div>
      <KeptList
        label="Deliveries"
        of={kept}
        head={['Alert', 'What', 'To', 'When', '#Attempts', 'Why', 'Send']}
        empty={state === 'dead' ? 'Nothing was given up.' : 'None in this state.'}
      >
        {(delivery) => (
          <tr key={delivery.delivery_id}>
            <td>
              <Link className="mono" href={`/alerts/${encodeURIComponent(delivery.alert_id)}`}>
                {delivery.alert_id.slice(0, 8)}
              </Link>
            </td>
            <td>{delivery.event}</td>
            <td>{nameOf(delivery.destination_id)}</td>
            <td>
              <When at={delivery.event_at} />
            </td>
            <td className="num">{grouped(delivery.attempts)}</td>
            <td>{delivery.reason}</td>
            <td>
              {delivery.state === 'dead' && (
                <button
                  type="button"
                  className="button"
                  disabled={kept.change.isPending}
                  onClick={() =>
                    kept.change.mutate({ method: 'POST', to: `/deliveries/${delivery.delivery_id}/replay` })
                  }
                >
                  Send again
                </button>
              )}
            </td>
          </tr>
        )}
      </KeptList>
    </>
  );
}
