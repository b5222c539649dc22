import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Page, SignedIn } from '../answers.ts';
import { Failure } from '../parts/failure.tsx';
import type { Opening } from '../parts/glass.tsx';
import { When } from '../parts/when.tsx';
import { request } from '../request.ts';

/** One's own account: the password, and who read what one wrote. */
export default function AccountPage({ who }: { who: SignedIn }) {
  const openings = useQuery({
    queryKey: ['/break-glass'],
    queryFn: () => request<Page<Opening>>('GET', '/break-glass'),
  });
  return (
    <div className="page prose">
      <h1>
        <bdi>{who.name}</bdi>
      </h1>
      <p className="muted">
        {who.role} of {who.org}
      </p>
      {who.account && <Password />}
      <section className="panel scroll-x" aria-label="Broken glass" tabIndex={0}>
        <header>
          <h2>{who.permissions.includes('audit:read') ? 'Broken glass in the org' : 'Who read what you wrote'}</h2>
        </header>
        {openings.error && <Failure error={openings.error} retry={openings.refetch} />}
        {openings.data?.items.length === 0 && <p className="state muted">Nobody has.</p>}
        {openings.data !== undefined && openings.data.items.length > 0 && (
          <table className="table">
            <thead>
              <tr>
                <th>When</th>
                <th>Who</th>
                <th>What</th>
                <th>Reason</th>
                <th>Until</th>
              </tr>
            </thead>
            <tbody>
              {openings.data.items.map((opening) => (
                <tr key={opening.id}>
                  <td>
                    <When at={opening.granted_at} as="exact" />
                  </td>
                  <td>{opening.by}</td>
                  <td>
                    {opening.scope === 'sql' ? (
                      'everything, in SQL'
                    ) : (
                      <Link href={`/${opening.scope}s/${encodeURIComponent(opening.subject)}`}>{opening.subject}</Link>
                    )}
                  </td>
                  <td>{opening.reason}</td>
                  <td>
                    <When at={opening.expires_at} as="exact" />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </div>
  );
}

function Password() {
  const [error, setError] = useState<unknown>();
  const [done, setDone] = useState(false);
  return (
    <form
      className="panel body row wrap"
      style={{ padding: 14 }}
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        setError(undefined);
        setDone(false);
        request('POST', '/session/password', Object.fromEntries(new FormData(form))).then(() => {
          setDone(true);
          form.reset();
        }, setError);
      }}
    >
      <label className="field grow">
        <span>Password now</span>
        <input className="input" name="password" type="password" autoComplete="current-password" required />
      </label>
      <label className="field grow">
        <span>New password, of 12 characters or more</span>
        <input
          className="input"
          name="new_password"
          type="password"
          autoComplete="new-password"
          minLength={12}
          maxLength={200}
          required
        />
      </label>
      <button type="submit" className="button primary" style={{ alignSelf: 'end' }}>
        Change
      </button>
      {done && <p role="status">The password is changed, and every other session is over.</p>}
      {error !== undefined && <Failure error={error} />}
    </form>
  );
}
