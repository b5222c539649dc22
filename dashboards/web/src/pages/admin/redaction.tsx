import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Answer } from '../../parts/answer.tsx';
import { CopyId } from '../../parts/copy-id.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { Sure } from '../../parts/sure.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';
import { entriesOf } from './entries.ts';
import { RedactionForm, type RedactionPolicy } from './redaction-form.tsx';

export interface RedactionAnswer {
  version: number;
  key_version: number;
  former_key_until: string | null;
  policy: RedactionPolicy;
}

/** What is taken out of texts before they are stored, and what stays. */
export default function Redaction() {
  const client = useQueryClient();
  const policy = useQuery({
    queryKey: ['redaction-policy'],
    queryFn: () => request<RedactionAnswer>('GET', '/redaction-policy'),
  });
  const save = useMutation({
    mutationFn: ({ to, body }: { to: string; body: unknown }) => request<RedactionAnswer>('POST', to, body),
    onSuccess: (changed) => client.setQueryData(['redaction-policy'], changed),
  });
  return (
    <Answer of={policy}>
      {(current) => (
        <>
          <p className="muted" style={{ maxWidth: '75ch' }}>
            Credentials and personal data are replaced before anything is stored; the receiver goes by a change within
            seconds. What is stored already stays as it is. Version {current.version}.
          </p>
          {save.error && <Failure error={save.error} />}
          {save.isSuccess && (
            <p role="status" className="chip good">
              Saved: version {current.version}.
            </p>
          )}
          <RedactionForm
            key={current.version}
            policy={current.policy}
            pending={save.isPending}
            save={(body) => save.mutate({ to: '/redaction-policy', body })}
          />
          <section className="panel" aria-label="Key">
            <header>
              <h2>Key of the tokens</h2>
            </header>
            <div className="body stack">
              <p className="muted" style={{ maxWidth: '75ch' }}>
                Version {current.key_version}. With a new key the same value gets another token from then on; for ninety
                days values are also known by the key before.
                {current.former_key_until && (
                  <>
                    {' '}
                    The one before is known until <When at={current.former_key_until} as="exact" />.
                  </>
                )}
              </p>
              <div>
                <Sure
                  words="Turn the key"
                  disabled={save.isPending}
                  act={() => save.mutate({ to: '/redaction-policy/keys', body: { grace_days: 90 } })}
                />
              </div>
            </div>
          </section>
          <Identities />
        </>
      )}
    </Answer>
  );
}

/** By which token a value is known: to find it, or to let it stay. */
function Identities() {
  const [items, setItems] = useState<{ key: string; fingerprint: string; suffix: string }[]>([]);
  const ask = useMutation({
    mutationFn: (value: string) => request<{ items: typeof items }>('POST', '/redaction-policy/identities', { value }),
    onSuccess: (found) => setItems(found.items),
  });
  return (
    <section className="panel" aria-label="Look a value up">
      <header>
        <h2>Look a value up</h2>
        <span className="small faint">each question is in the audit log, the value is not</span>
      </header>
      <form className="body row wrap" onSubmit={(event) => ask.mutate(entriesOf(event)['value'] ?? '')}>
        <Field label="Value" grow>
          <input className="input" name="value" type="password" autoComplete="off" required />
        </Field>
        <button type="submit" className="button" disabled={ask.isPending}>
          Look up
        </button>
      </form>
      {ask.error && (
        <div className="body">
          <Failure error={ask.error} />
        </div>
      )}
      {items.map(({ key, fingerprint, suffix }) => (
        <p key={key} className="body row wrap">
          By the {key} key: token ending <code>{suffix}</code>, fingerprint <CopyId id={fingerprint} most={32} />
        </p>
      ))}
    </section>
  );
}
