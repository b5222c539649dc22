import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SignedIn } from '../answers.ts';
import { Failure } from '../parts/failure.tsx';
import { request } from '../request.ts';

/** Where single sign-on leads to when it did not work, by `?sign_in=`. */
const WHY: Readonly<Record<string, string>> = {
  failed: 'Single sign-on did not work. Try again; if it keeps failing, tell your administrator.',
  'no-role': 'You are signed in there, but have no role here. Ask your administrator for one.',
  unavailable: 'The identity provider does not answer. Try again in a minute.',
};

/** Takes a password or an API token and gets a cookie for it, or leads to the identity provider. */
export function SignInPage({ onSignedIn }: { onSignedIn: (session: SignedIn) => void }) {
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const ways = useQuery({
    queryKey: ['session', 'ways'],
    queryFn: () => request<{ single_sign_on: string | null }>('GET', '/session/ways'),
  });
  const why = WHY[new URLSearchParams(location.search).get('sign_in') ?? ''];
  const signIn = async (form: HTMLFormElement) => {
    const entries = Object.entries(Object.fromEntries(new FormData(form)) as Record<string, string>);
    setBusy(true);
    setError(undefined);
    // What is left empty has a default of the server's.
    const body = Object.fromEntries(entries.map(([name, value]) => [name, value.trim()]).filter(([, value]) => value));
    await request<SignedIn>('POST', '/session', body)
      .then(onSignedIn, setError)
      .finally(() => setBusy(false));
  };
  const submit = (event: React.SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    void signIn(event.currentTarget);
  };
  return (
    <main className="signin">
      <div className="signin-box">
        <div className="row">
          <svg width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="var(--accent)" />
            <path d="M8 9h16M8 16h10M8 23h6" stroke="var(--accent-text)" strokeWidth="3.2" strokeLinecap="round" />
            <circle cx="23" cy="21.5" r="3.6" fill="var(--accent-text)" />
          </svg>
          <h1>Spanwarden</h1>
        </div>
        {why !== undefined && <p role="alert">{why}</p>}
        {ways.data?.single_sign_on && (
          <a className="button primary" href="/api/v1/single-sign-on">
            Sign in with {ways.data.single_sign_on}
          </a>
        )}
        <form onSubmit={submit}>
          <label className="field">
            <span>E-mail address</span>
            <input className="input" name="email" type="email" autoComplete="username" required maxLength={254} />
          </label>
          <label className="field">
            <span>Password</span>
            <input
              className="input"
              name="password"
              type="password"
              autoComplete="current-password"
              required
              maxLength={200}
            />
          </label>
          <label className="field">
            <span>Org</span>
            <input className="input" name="org" pattern="[a-z][a-z0-9_]{0,39}" placeholder="default" />
          </label>
          <button type="submit" className="button primary" disabled={busy}>
            Sign in
          </button>
        </form>
        {error !== undefined && <Failure error={error} />}
        <details open={ways.data?.single_sign_on === null}>
          <summary>With an API token</summary>
          <form onSubmit={submit}>
            <label className="field">
              <span>API token</span>
              <input
                className="input mono"
                name="token"
                type="password"
                autoComplete="off"
                required
                placeholder="spw_…"
              />
            </label>
            <button type="submit" className="button" disabled={busy}>
              Sign in with the token
            </button>
            <p className="muted small">
              The first start wrote an admin token to <code>credentials.json</code> in the data folder (
              <code>./data</code> by default). With it, <code>npx spanwarden users add</code> makes the first account.
            </p>
          </form>
        </details>
        <p className="muted small">
          What you enter is changed for a cookie that no script can read and that lasts 12 hours.
        </p>
      </div>
    </main>
  );
}
