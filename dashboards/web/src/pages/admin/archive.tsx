import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { figure } from '../../number.ts';
import { Answer } from '../../parts/answer.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';
import { entriesOf } from './entries.ts';

interface Archive {
  target: { kind: string } & Record<string, string>;
  archived_to: string | null;
  rows: number;
  bytes: number;
  error: string;
}

const KINDS = { off: 'Nowhere', folder: 'A folder of the server', s3: 'A bucket, S3 or compatible' } as const;
const BUCKET = [
  { name: 'bucket', label: 'Bucket', required: true, hint: undefined },
  { name: 'prefix', label: 'Prefix', required: false, hint: 'Ends with /' },
  { name: 'region', label: 'Region', required: false, hint: 'us-east-1 when left empty' },
  { name: 'endpoint', label: 'Endpoint', required: false, hint: 'Of another store than Amazon’s' },
  { name: 'kms_key', label: 'KMS key', required: false, hint: 'Under which the store encrypts' },
  { name: 'access_key_id', label: 'Access key id', required: false, hint: 'Empty: the server’s own identity' },
] as const;

/** Where the org's events are archived, and how far that is. */
export default function ArchiveTab() {
  const client = useQueryClient();
  const archive = useQuery({ queryKey: ['archive'], queryFn: () => request<Archive>('GET', '/archive') });
  const save = useMutation({
    mutationFn: (body: unknown) => request<Archive>('POST', '/archive', body),
    onSuccess: (changed) => client.setQueryData(['archive'], changed),
  });
  return (
    <Answer of={archive}>
      {(found) => (
        <>
          <p className="muted" style={{ maxWidth: '75ch' }}>
            Each hour is archived as it is stored here, redacted, and kept for the retention.
          </p>
          <dl className="facts">
            <dt>archived until</dt>
            <dd>{found.archived_to === null ? 'nothing yet' : <When at={found.archived_to} as="exact" />}</dd>
            <dt>rows</dt>
            <dd>{figure(found.rows)}</dd>
            <dt>size</dt>
            <dd>{figure(found.bytes)} bytes</dd>
          </dl>
          {found.error !== '' && (
            <p className="failure" role="status">
              The last round failed: {found.error}
            </p>
          )}
          <Target key={JSON.stringify(found.target)} of={found.target} save={save} />
        </>
      )}
    </Answer>
  );
}

function Target({
  of,
  save: { mutate, error, isPending, isSuccess },
}: {
  of: Archive['target'];
  save: { mutate: (body: unknown) => void; error: Error | null; isPending: boolean; isSuccess: boolean };
}) {
  const [kind, setKind] = useState(of.kind);
  const send = (event: FormEvent<HTMLFormElement>) => {
    const { secret_access_key, ...target } = entriesOf(event);
    mutate({ target, ...(secret_access_key !== undefined && { secret_access_key }) });
  };
  return (
    <form className="panel stack" style={{ padding: 14 }} onSubmit={send}>
      <div className="form-grid">
        <Field label="Archive to">
          <select className="input" name="kind" value={kind} onChange={(event) => setKind(event.target.value)}>
            {Object.entries(KINDS).map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </Field>
        {kind === 's3' && (
          <>
            {BUCKET.map(({ name, label, required, hint }) => (
              <Field key={name} label={label} hint={hint}>
                <input className="input" name={name} required={required} defaultValue={of[name]} maxLength={500} />
              </Field>
            ))}
            <Field label="Secret access key" hint="Kept sealed, never shown; empty keeps the one that is kept">
              <input className="input" type="password" name="secret_access_key" autoComplete="off" maxLength={500} />
            </Field>
          </>
        )}
      </div>
      {error && <Failure error={error} />}
      <div className="row">
        <button type="submit" className="button primary" disabled={isPending}>
          Save
        </button>
        {isSuccess && (
          <span className="muted" role="status">
            Saved.
          </span>
        )}
      </div>
    </form>
  );
}
