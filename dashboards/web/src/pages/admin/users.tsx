import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SignedIn } from '../../answers.ts';
import { CopyId } from '../../parts/copy-id.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Field } from '../../parts/field.tsx';
import { KeptList } from '../../parts/kept-list.tsx';
import { Sure } from '../../parts/sure.tsx';
import { useKept } from '../../parts/use-kept.ts';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';

interface User {
  id: string;
  org: string;
  email: string;
  name: string;
  role: string;
  disabled: boolean;
  user_ids: string[];
  password: boolean;
  single_sign_on: boolean;
  created_at: string;
}

const ROLES = ['developer', 'manager', 'analyst', 'security', 'admin'] as const;
const DIGITS = '23456789abcdefghjkmnpqrstuvwxyz';

/** 20 digits, each of 31 with the same chance: what is 248 or more would make the first ones likelier. */
function newPassword(): string {
  let password = '';
  while (password.length < 20)
    for (const byte of crypto.getRandomValues(new Uint8Array(40)))
      if (byte < 248 && password.length < 20) password += DIGITS[byte % DIGITS.length];
  return password;
}

/** People of the org: who they are, what they may, which spans are theirs. */
export default function Users({ who }: { who: SignedIn }) {
  const kept = useKept<User>('/users');
  const [shown, setShown] = useState<{ email: string; password: string }>();
  const change = (user: User, body: Record<string, unknown>, then?: () => void) =>
    kept.change.mutate({ method: 'POST', to: `/users/${user.id}`, body }, { ...(then && { onSuccess: then }) });
  const reset = (user: User) => {
    const password = newPassword();
    change(user, { password }, () => setShown({ email: user.email, password }));
  };
  return (
    <>
      <AddUser kept={kept} shown={setShown} />
      {kept.addError && <Failure error={kept.addError} />}
      {shown && (
        <div className="panel body stack" style={{ padding: 14 }} role="status">
          <p>
            The password of <bdi>{shown.email}</bdi>, shown this once:
          </p>
          <CopyId id={shown.password} most={60} />
        </div>
      )}
      <KeptList
        label="Users"
        of={kept}
        head={['Address', 'Role', 'Ids in spans', 'Signs in with', 'Made', 'Password', 'Account']}
        empty="Nobody signs in as a person yet: add yourself first."
      >
        {(user) => (
          <tr key={user.id}>
            <td>
              <bdi>{user.email}</bdi>
              {who.operator && <div className="small faint">{user.org}</div>}
            </td>
            <td>
              <select
                className="input"
                aria-label={`Role of ${user.email}`}
                value={user.role}
                disabled={kept.change.isPending || user.email === who.name}
                onChange={(event) => change(user, { role: event.currentTarget.value })}
              >
                {ROLES.map((role) => (
                  <option key={role}>{role}</option>
                ))}
              </select>
            </td>
            <td className="mono small">
              <bdi>{user.user_ids.join(' ')}</bdi>
            </td>
            <td>
              {[user.password && 'password', user.single_sign_on && 'single sign-on'].filter(Boolean).join(', ') || (
                <span className="faint">nothing yet</span>
              )}
            </td>
            <td>
              <When at={user.created_at} />
            </td>
            <td>
              <Sure words="Reset" act={() => reset(user)} />
            </td>
            <td>
              {user.disabled ? (
                <button type="button" className="button" onClick={() => change(user, { disabled: false })}>
                  Enable
                </button>
              ) : (
                <Sure words="Disable" act={() => change(user, { disabled: true })} />
              )}
            </td>
          </tr>
        )}
      </KeptList>
      <Cohort />
    </>
  );
}

function AddUser({
  kept,
  shown,
}: {
  kept: ReturnType<typeof useKept<User>>;
  shown: (made: { email: string; password: string }) => void;
}) {
  return (
    <form
      className="panel form-row"
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        const { email = '', role, ids = '', way } = Object.fromEntries(new FormData(form)) as Record<string, string>;
        const password = newPassword();
        const body = {
          email,
          role,
          user_ids: ids.split(/[\s,]+/).filter(Boolean),
          ...(way === 'password' && { password }),
        };
        kept.change.mutate(
          { method: 'POST', body },
          {
            onSuccess: () => {
              if (way === 'password') shown({ email, password });
              form.reset();
            },
          },
        );
      }}
    >
      <Field label="E-mail address" grow>
        <input className="input" name="email" type="email" required maxLength={254} placeholder="ada@example.org" />
      </Field>
      <Field label="Role">
        <select className="input" name="role">
          {ROLES.map((role) => (
            <option key={role}>{role}</option>
          ))}
        </select>
      </Field>
      <Field label="User ids in their spans, beside the address" grow>
        <input className="input mono" name="ids" maxLength={2000} placeholder="none" />
      </Field>
      <Field label="Signs in with">
        <select className="input" name="way">
          <option value="password">a password</option>
          <option value="sso">single sign-on alone</option>
        </select>
      </Field>
      <button type="submit" className="button primary" disabled={kept.change.isPending}>
        Add
      </button>
    </form>
  );
}

function Cohort() {
  const settings = useQuery({
    queryKey: ['/access-settings'],
    queryFn: () => request<{ minimum_cohort: number }>('GET', '/access-settings'),
  });
  const [error, setError] = useState<unknown>();
  if (!settings.data) return null;
  return (
    <form
      className="panel form-row"
      onSubmit={(event) => {
        event.preventDefault();
        const minimum_cohort = Number(new FormData(event.currentTarget).get('people'));
        setError(undefined);
        request('POST', '/access-settings', { minimum_cohort }).then(() => settings.refetch(), setError);
      }}
    >
      <Field label="People that each figure for managers is about, at least" grow>
        <input
          className="input"
          style={{ width: 90 }}
          type="number"
          name="people"
          min={2}
          max={1000}
          required
          defaultValue={settings.data.minimum_cohort}
        />
      </Field>
      <button type="submit" className="button">
        Set
      </button>
      {error !== undefined && <Failure error={error} />}
    </form>
  );
}
