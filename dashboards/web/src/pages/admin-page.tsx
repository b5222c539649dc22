import type { SignedIn } from '../answers.ts';
import { useAddress } from '../frame/use-address.ts';
import { CopyId } from '../parts/copy-id.tsx';
import { Kept, Sure, useKept } from '../parts/kept.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { When } from '../parts/when.tsx';
import { AdminAudit } from './admin-audit.tsx';
import { AdminTokens } from './admin-tokens.tsx';
import { AdminUsers } from './admin-users.tsx';

const TABS = {
  users: 'Users',
  tokens: 'Tokens',
  destinations: 'Destinations',
  orgs: 'Orgs and retention',
  audit: 'Audit',
} as const;
type Tab = keyof typeof TABS;

const PERMISSIONS: Readonly<Record<Tab, string>> = {
  users: 'users:manage',
  tokens: 'tokens:manage',
  destinations: 'destinations:manage',
  orgs: 'orgs:manage',
  audit: 'audit:read',
};

/** What administrators keep: who may come in, where alerts go, how long things stay, who did what. */
export default function AdminPage({ who }: { who: SignedIn }) {
  const { get, set } = useAddress();
  const tabs = Object.fromEntries(
    Object.entries(TABS).filter(([name]) => who.permissions.includes(PERMISSIONS[name as Tab])),
  ) as Partial<typeof TABS>;
  const [first = 'audit'] = Object.keys(tabs);
  const tab = get('tab') in tabs ? get('tab') : first;
  return (
    <div className="page prose">
      <h1>Admin</h1>
      <Tabs tabs={tabs as typeof TABS} chosen={tab} choose={(name) => set({ tab: name === first ? '' : name })} />
      {tab === 'users' && <AdminUsers who={who} />}
      {tab === 'tokens' && <AdminTokens />}
      {tab === 'destinations' && <Destinations />}
      {tab === 'orgs' && <Orgs who={who} />}
      {tab === 'audit' && <AdminAudit />}
    </div>
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
