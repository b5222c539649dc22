import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Page, SignedIn } from '../answers.ts';
import { useAddress } from '../frame/use-address.ts';
import { grouped } from '../number.ts';
import { CopyId } from '../parts/copy-id.tsx';
import { Failure } from '../parts/failure.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { When } from '../parts/when.tsx';
import { request } from '../request.ts';

const TABS = { tokens: 'Tokens', destinations: 'Destinations', orgs: 'Orgs and retention', audit: 'Audit' } as const;

/** What administrators keep: who may come in, where alerts go, how long things stay, who did what. */
export default function AdminPage({ who }: { who: SignedIn }) {
  const { get, set } = useAddress();
  const tab = get('tab') in TABS ? (get('tab') as keyof typeof TABS) : 'tokens';
  return (
    <div className="page prose">
      <h1>Admin</h1>
      <Tabs tabs={TABS} chosen={tab} choose={(name) => set({ tab: name === 'tokens' ? '' : name })} />
      {tab === 'tokens' && <Tokens />}
      {tab === 'destinations' && <Destinations />}
      {tab === 'orgs' && <Orgs who={who} />}
      {tab === 'audit' && <Audit />}
    </div>
  );
}

/** A list of the server with what can be done to it; doing something asks for the list anew. */
function useKept<Item>(path: string) {
  const client = useQueryClient();
  const list = useQuery({ queryKey: [path], queryFn: () => request<Page<Item>>('GET', path) });
  const change = useMutation({
    mutationFn: ({ method, to = path, body }: { method: string; to?: string; body?: unknown }) =>
      request<Record<string, string>>(method, to, body),
    onSuccess: () => client.invalidateQueries({ queryKey: [path] }),
  });
  return { list, change };
}

function Kept<Item>({
  label,
  of,
  head,
  empty,
  children,
}: {
  label: string;
  of: ReturnType<typeof useKept<Item>>;
  head: readonly string[];
  empty: string;
  children: (item: Item) => ReactNode;
}) {
  const { list, change } = of;
  if (list.isPending) return <Skeleton height={40} rows={4} />;
  if (list.error) return <Failure error={list.error} retry={list.refetch} />;
  return (
    <>
      {change.error && <Failure error={change.error} />}
      <section className="panel scroll-x" aria-label={label} tabIndex={0}>
        {list.data.items.length === 0 ? (
          <p className="state muted">{empty}</p>
        ) : (
          <table className="table">
            <thead>
              <tr>
                {head.map((title) => (
                  <th key={title}>{title}</th>
                ))}
              </tr>
            </thead>
            <tbody>{list.data.items.map(children)}</tbody>
          </table>
        )}
      </section>
    </>
  );
}

interface Token {
  id: string;
  org: string;
  role: string;
  name: string;
  created_at: string;
}

function Tokens() {
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
          const body = Object.fromEntries(new FormData(form));
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
            <option>analyst</option>
            <option>admin</option>
          </select>
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
      <Kept label="Tokens" of={kept} head={['Name', 'Role', 'Org', 'Id', 'Made', 'Revoke']} empty="There is no token.">
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
            <td>
              <Sure words="Revoke" act={() => kept.change.mutate({ method: 'DELETE', to: `/tokens/${token.id}` })} />
            </td>
          </tr>
        )}
      </Kept>
    </>
  );
}

interface Destination {
  id: string;
  kind: string;
  name: string;
  created_at: string;
}

function Destinations() {
  const kept = useKept<Destination>('/destinations');
  return (
    <>
      <form
        className="panel body row wrap"
        style={{ padding: 14 }}
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          kept.change.mutate(
            { method: 'POST', body: { kind: 'webhook', ...Object.fromEntries(new FormData(form)) } },
            { onSuccess: () => form.reset() },
          );
        }}
      >
        <label className="field grow">
          <span>Name</span>
          <input className="input" name="name" required maxLength={200} placeholder="security-on-call" />
        </label>
        <label className="field grow">
          <span>Webhook URL</span>
          <input className="input" name="url" type="url" required placeholder="https://" />
        </label>
        <label className="field grow">
          <span>Secret, which signs each delivery</span>
          <input className="input" name="secret" type="password" autoComplete="off" required />
        </label>
        <button type="submit" className="button primary" style={{ alignSelf: 'end' }} disabled={kept.change.isPending}>
          Add
        </button>
      </form>
      <Kept
        label="Destinations"
        of={kept}
        head={['Name', 'Kind', 'Id', 'Made', 'Remove']}
        empty="Alerts go nowhere yet: add the webhook of your paging or chat system."
      >
        {(destination) => (
          <tr key={destination.id}>
            <td>{destination.name}</td>
            <td>
              <span className="chip">{destination.kind}</span>
            </td>
            <td>
              <CopyId id={destination.id} />
            </td>
            <td>
              <When at={destination.created_at} />
            </td>
            <td>
              <Sure
                words="Remove"
                act={() => kept.change.mutate({ method: 'DELETE', to: `/destinations/${destination.id}` })}
              />
            </td>
          </tr>
        )}
      </Kept>
    </>
  );
}

interface Org {
  slug: string;
  name: string;
  created_at: string;
  retention_days: number;
}

function Orgs({ who }: { who: SignedIn }) {
  const kept = useKept<Org>('/orgs');
  return (
    <>
      {who.operator && (
        <form
          className="panel body row wrap"
          style={{ padding: 14 }}
          onSubmit={(event) => {
            event.preventDefault();
            const form = event.currentTarget;
            kept.change.mutate(
              { method: 'POST', body: Object.fromEntries(new FormData(form)) },
              { onSuccess: () => form.reset() },
            );
          }}
        >
          <label className="field grow">
            <span>Slug</span>
            <input className="input" name="slug" required pattern="[a-z][a-z0-9_]{0,39}" placeholder="payments" />
          </label>
          <label className="field grow">
            <span>Name</span>
            <input className="input" name="name" required maxLength={200} placeholder="Payments" />
          </label>
          <button
            type="submit"
            className="button primary"
            style={{ alignSelf: 'end' }}
            disabled={kept.change.isPending}
          >
            Make an org
          </button>
        </form>
      )}
      <Kept label="Orgs" of={kept} head={['Org', 'Name', 'Made', 'Kept, days']} empty="There is no org.">
        {(org) => (
          <tr key={org.slug}>
            <td className="mono">{org.slug}</td>
            <td>{org.name}</td>
            <td>
              <When at={org.created_at} />
            </td>
            <td>
              <form
                className="row"
                onSubmit={(event) => {
                  event.preventDefault();
                  kept.change.mutate({
                    method: 'POST',
                    to: '/retention',
                    body: { org: org.slug, retention_days: Number(new FormData(event.currentTarget).get('days')) },
                  });
                }}
              >
                <input
                  className="input"
                  style={{ width: 90 }}
                  type="number"
                  name="days"
                  min={30}
                  max={400}
                  required
                  defaultValue={org.retention_days}
                  aria-label={`Days that ${org.slug} keeps`}
                />
                <button type="submit" className="button" disabled={kept.change.isPending}>
                  Set
                </button>
              </form>
            </td>
          </tr>
        )}
      </Kept>
    </>
  );
}

interface Entry {
  at: string;
  actor: string;
  action: string;
  subject: string;
  detail: string;
}

function Audit() {
  const kept = useKept<Entry>('/audit?limit=200');
  return (
    <>
      <p className="muted">The {grouped(200)} latest entries; nothing here can be changed.</p>
      <Kept label="Audit log" of={kept} head={['When', 'Who', 'Did', 'To', 'Detail']} empty="Nothing was changed yet.">
        {(entry) => (
          <tr key={`${entry.at} ${entry.action} ${entry.subject}`}>
            <td>
              <When at={entry.at} as="exact" />
            </td>
            <td>{entry.actor}</td>
            <td className="mono">{entry.action}</td>
            <td className="mono">{entry.subject}</td>
            <td>{entry.detail}</td>
          </tr>
        )}
      </Kept>
    </>
  );
}

/** A button that asks once more in its own place. */
function Sure({ words, act }: { words: string; act: () => void }) {
  const [asked, setAsked] = useState(false);
  return (
    <button
      type="button"
      className="button danger"
      onClick={() => (asked ? act() : setAsked(true))}
      onBlur={() => setAsked(false)}
    >
      {asked ? `Really ${words.toLowerCase()}?` : words}
    </button>
  );
}
