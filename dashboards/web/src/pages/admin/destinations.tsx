import { useMutation } from '@tanstack/react-query';
import { Link } from 'wouter';
import { grouped } from '../../number.ts';
import { CopyId } from '../../parts/copy-id.tsx';
import { Failure } from '../../parts/failure.tsx';
import { KeptList } from '../../parts/kept-list.tsx';
import { Sure } from '../../parts/sure.tsx';
import { useKept } from '../../parts/use-kept.ts';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';
import { DestinationForm } from './destination-form.tsx';
import { DESTINATION_KINDS } from './destination-kinds.ts';

export interface Destination {
  id: string;
  kind: string;
  name: string;
  created_at: string;
  settings?: Record<string, string>;
  health?: { queued: number; dead: number; failures_in_a_row: number; paused_until: string | null };
}

/** Where alerts go: nine kinds, each with a test that sends a made-up alert and closes it. */
export default function Destinations() {
  const kept = useKept<Destination>('/destinations');
  const test = useMutation({
    mutationFn: (id: string) =>
      request<{ delivered: boolean; status: number; error: string }>('POST', `/destinations/${id}/test`),
  });
  return (
    <>
      <DestinationForm
        pending={kept.change.isPending}
        error={kept.addError}
        add={(body, done) => kept.change.mutate({ method: 'POST', body }, { onSuccess: done })}
      />
      {test.error && <Failure error={test.error} />}
      {test.data && (
        <p role="status" className={test.data.delivered ? 'chip good' : 'failure'}>
          {test.data.delivered ? 'The test was delivered.' : `The test was not delivered: ${test.data.error}`}
          {test.data.status > 0 && ` Status ${test.data.status}.`}
        </p>
      )}
      <KeptList
        label="Destinations"
        of={kept}
        head={['Name', 'Kind', '#Waiting', '#Given up', 'Id', 'Made', 'Test', 'Remove']}
        empty="Alerts go nowhere yet: add where your team looks, a chat, a pager or a webhook."
      >
        {({ id, name, kind, health, created_at, settings }) => (
          <tr key={id}>
            <td>
              {name}
              {settings?.['fallback'] === 'true' && <span className="chip"> fallback</span>}
            </td>
            <td>{DESTINATION_KINDS[kind]?.words ?? kind}</td>
            <td className="num">
              {grouped(health?.queued ?? 0)}
              {health?.paused_until && (
                <div className="sev medium">
                  paused until <When at={health.paused_until} as="clock" />
                </div>
              )}
            </td>
            <td className="num">
              {(health?.dead ?? 0) > 0 ? (
                <Link className="sev critical" href={`/admin?tab=deliveries&destination=${id}`}>
                  {grouped(health!.dead)}
                </Link>
              ) : (
                0
              )}
            </td>
            <td>
              <CopyId id={id} />
            </td>
            <td>
              <When at={created_at} />
            </td>
            <td>
              <button type="button" className="button" disabled={test.isPending} onClick={() => test.mutate(id)}>
                {test.isPending && test.variables === id ? 'Sending…' : 'Send a test'}
              </button>
            </td>
            <td>
              <Sure words="Remove" act={() => kept.change.mutate({ method: 'DELETE', to: `/destinations/${id}` })} />
            </td>
          </tr>
        )}
      </KeptList>
    </>
  );
}
