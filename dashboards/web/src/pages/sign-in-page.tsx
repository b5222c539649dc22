import { useState } from 'react';
import type { SignedIn } from '../answers.ts';
import { Failure } from '../parts/failure.tsx';
import { request } from '../request.ts';

/** Takes an API token and gets a cookie for it. */
export function SignInPage({ onSignedIn }: { onSignedIn: (session: SignedIn) => void }) {
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const signIn = async (token: string) => {
    setBusy(true);
    setError(undefined);
    await request<SignedIn>('POST', '/session', { token: token.trim() })
      .then(onSignedIn, setError)
      .finally(() => setBusy(false));
  };
  return (
    <main className="signin">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void signIn(String(new FormData(event.currentTarget).get('token')));
        }}
      >
        <div className="row">
          <svg width="32" height="32" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="var(--accent)" />
            <path d="M8 9h16M8 16h10M8 23h6" stroke="var(--accent-text)" strokeWidth="3.2" strokeLinecap="round" />
            <circle cx="23" cy="21.5" r="3.6" fill="var(--accent-text)" />
          </svg>
          <h1>Spanwarden</h1>
        </div>
        <label className="field">
          <span>API token</span>
          <input
            className="input mono"
            name="token"
            type="password"
            autoComplete="current-password"
            required
            placeholder="spw_…"
          />
        </label>
        <button type="submit" className="button primary" disabled={busy}>
          Sign in
        </button>
        {error !== undefined && <Failure error={error} />}
        <p className="muted small">
          The first start wrote an admin token to <code>credentials.json</code> in the data folder (<code>./data</code>{' '}
          by default). It is changed for a cookie that no script can read and that lasts 12 hours.
        </p>
      </form>
    </main>
  );
}
