import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page, SignedIn } from '../answers.ts';
import { request } from '../request.ts';
import { Failure } from './failure.tsx';
import { When } from './when.tsx';

/** A breaking of the glass. */
export interface Opening {
  id: string;
  by: string;
  reason: string;
  scope: 'session' | 'trace' | 'sql';
  subject: string;
  granted_at: string;
  expires_at: string;
}

export type ContentReason = 'author' | 'break-glass' | 'hidden';

/** Says why what was said in a session is shown or not, lets those who may break the glass, and tells the author who did. */
export function Glass({ session, content }: { session: string; content: ContentReason }) {
  const client = useQueryClient();
  const who = client.getQueryData<SignedIn>(['session']);
  const [asked, setAsked] = useState(false);
  const [error, setError] = useState<unknown>();
  const openings = useQuery({
    queryKey: ['/break-glass'],
    queryFn: () => request<Page<Opening>>('GET', '/break-glass'),
    enabled: content !== 'hidden',
  });
  const here = openings.data?.items.filter(({ subject, scope }) => scope === 'session' && subject === session) ?? [];
  const open = async (form: HTMLFormElement) => {
    const { reason, minutes } = Object.fromEntries(new FormData(form)) as Record<string, string>;
    setError(undefined);
    await request('POST', '/break-glass', { session_id: session, reason, minutes: Number(minutes) })
      .then(() => client.invalidateQueries())
      .catch(setError);
  };
  if (content !== 'hidden')
    return here.length === 0 ? null : (
      <section className="panel body stack" style={{ padding: 14 }} aria-label="Broken glass">
        {here.map((opening) => (
          <p key={opening.id}>
            {content === 'author' ? 'Read by' : 'Opened by'} <bdi>{opening.by}</bdi>,{' '}
            <When at={opening.granted_at} as="exact" /> to <When at={opening.expires_at} as="exact" />:{' '}
            <bdi>{opening.reason}</bdi>
          </p>
        ))}
      </section>
    );
  if (!who?.permissions.includes('content:open'))
    return <p className="muted small">What was said is for its author alone. You see what happened.</p>;
  return (
    <section className="panel body stack" style={{ padding: 14 }} aria-label="Break the glass">
      <div className="row wrap">
        <p className="grow">
          What was said is for its author alone. You may break the glass: the audit log and the author will see who, why
          and until when.
        </p>
        {!asked && (
          <button type="button" className="button" onClick={() => setAsked(true)}>
            Break the glass
          </button>
        )}
      </div>
      {asked && (
        <form
          className="row wrap"
          onSubmit={(event) => {
            event.preventDefault();
            void open(event.currentTarget);
          }}
        >
          <label className="field grow">
            <span>Reason</span>
            <input
              className="input"
              name="reason"
              required
              minLength={10}
              maxLength={1000}
              placeholder="Incident 7: which key leaked?"
            />
          </label>
          <label className="field">
            <span>Minutes</span>
            <input
              className="input"
              style={{ width: 90 }}
              name="minutes"
              type="number"
              min={5}
              max={240}
              defaultValue={60}
            />
          </label>
          <button type="submit" className="button danger" style={{ alignSelf: 'end' }}>
            Open
          </button>
        </form>
      )}
      {error !== undefined && <Failure error={error} />}
    </section>
  );
}
