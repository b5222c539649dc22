import { useState } from 'react';
import { CopyId } from '../parts/copy-id.tsx';
import { Kept, Sure, useKept } from '../parts/kept.tsx';
import { When } from '../parts/when.tsx';

interface Token {
  id: string;
  org: string;
  role: string;
  name: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
}

/** What machines come in with. */
export function AdminTokens() {
  const kept = useKept<Token>('/tokens');
  const [secret, setSecret] = useState('');
  return (
    <>
      <form
        className="panel body row wrap"
        style={{ padding: 14 }}
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          const { name, role, days } = Object.fromEntries(new FormData(form)) as Record<string, string>;
          const body = { name, role, ...(days !== '' && { expires_in_days: Number(days) }) };
          kept.change.mutate(
            { method: 'POST', body },
            {
              onSuccess: (made) => {
                setSecret(made['token'] ?? '');
                form.reset();
              },
            },
          );
        }}
      >
        <label className="field grow">
          <span>Name</span>
          <input className="input" name="name" required maxLength={200} placeholder="What uses it" />
        </label>
        <label className="field">
          <span>Role</span>
          <select className="input" name="role">
            <option>ingest</option>
            <option>developer</option>
            <option>manager</option>
            <option>analyst</option>
            <option>security</option>
            <option>admin</option>
          </select>
        </label>
        <label className="field">
          <span>Days it holds</span>
          <input
            className="input"
            style={{ width: 140 }}
            type="number"
            name="days"
            min={1}
            max={3650}
            placeholder="365; ingest: ever"
          />
        </label>
        <button type="submit" className="button primary" style={{ alignSelf: 'end' }} disabled={kept.change.isPending}>
          Make a token
        </button>
      </form>
      {secret !== '' && (
        <div className="panel body stack" style={{ padding: 14 }} role="status">
          <p>The token, shown this once:</p>
          <CopyId id={secret} most={60} />
        </div>
      )}
      <Kept
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
      </Kept>
    </>
  );
}
