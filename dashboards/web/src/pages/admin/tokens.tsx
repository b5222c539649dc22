import { useState } from 'react';
import { CopyId } from '../../parts/copy-id.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { KeptList } from '../../parts/kept-list.tsx';
import { Sure } from '../../parts/sure.tsx';
import { useKept } from '../../parts/use-kept.ts';
import { When } from '../../parts/when.tsx';
import { entriesOf } from './entries.ts';

interface Token {
  id: string;
  org: string;
  role: string;
  name: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
}

/** What programs come in with. */
export default function Tokens() {
  const kept = useKept<Token>('/tokens');
  const [secret, setSecret] = useState('');
  return (
    <>
      <form
        className="panel form-row"
        onSubmit={(event) => {
          const form = event.currentTarget;
          const { name, role, days = '' } = entriesOf(event);
          kept.change.mutate(
            { method: 'POST', body: { name, role, ...(days !== '' && { expires_in_days: Number(days) }) } },
            {
              onSuccess: (made) => {
                setSecret(made['token'] ?? '');
                form.reset();
              },
            },
          );
        }}
      >
        <Field label="Name" grow>
          <input className="input" name="name" required maxLength={200} placeholder="What uses it" />
        </Field>
        <Field label="Role">
          <select className="input" name="role">
            <option>ingest</option>
            <option>gateway</option>
            <option>developer</option>
            <option>manager</option>
            <option>analyst</option>
            <option>security</option>
            <option>admin</option>
          </select>
        </Field>
        <Field label="Days it holds">
          <input className="input" type="number" name="days" min={1} max={3650} placeholder="365; ingest: ever" />
        </Field>
        <button type="submit" className="button primary" disabled={kept.change.isPending}>
          Make a token
        </button>
      </form>
      {kept.addError && <Failure error={kept.addError} />}
      {secret !== '' && (
        <div className="panel body stack" style={{ padding: 14 }} role="status">
          <p>The token, shown this once:</p>
          <CopyId id={secret} most={60} />
        </div>
      )}
      <KeptList
        label="Tokens"
        of={kept}
        head={['Name', 'Role', 'Org', 'Id', 'Made', 'Ends', 'Last used', 'Revoke']}
        empty="There is no token."
      >
        {(token) => (
          <tr key={token.id}>
            <td>{token.name}</td>
            <td>
              <span className="chip">{token.role}</span>
            </td>
            <td>{token.org}</td>
            <td>
              <CopyId id={token.id} />
            </td>
            <td>
              <When at={token.created_at} />
            </td>
            <td>{token.expires_at === null ? <span className="faint">never</span> : <When at={token.expires_at} />}</td>
            <td>
              {token.last_used_at === null ? <span className="faint">never</span> : <When at={token.last_used_at} />}
            </td>
            <td>
              <Sure words="Revoke" act={() => kept.change.mutate({ method: 'DELETE', to: `/tokens/${token.id}` })} />
            </td>
          </tr>
        )}
      </KeptList>
    </>
  );
}
