import { Suspense } from 'react';
import { Link } from 'wouter';
import type { SignedIn } from '../../answers.ts';
import { useAddress } from '../../frame/use-address.ts';
import { Skeleton } from '../../parts/skeleton.tsx';
import { ADMIN_TABS } from './admin-tabs.ts';

/** What administrators keep: who may come in, where alerts go, what is redacted, how long things stay, who did what. */
export default function AdminPage({ who }: { who: SignedIn }) {
  const { get } = useAddress();
  const tabs = ADMIN_TABS.filter(({ permission }) => who.permissions.includes(permission));
  const chosen = tabs.find(({ key }) => key === get('tab')) ?? tabs[0];
  const groups = Map.groupBy(tabs, ({ group }) => group);
  if (chosen === undefined) return <div className="page muted">Nothing here is yours to keep.</div>;
  return (
    <div className="page">
      <h1>Admin</h1>
      <div className="admin">
        <nav className="admin-nav" aria-label="Admin">
          {[...groups].map(([group, of]) => (
            <div key={group} role="group" aria-label={group}>
              <h3>{group}</h3>
              {of.map(({ key, words }) => (
                <Link
                  key={key}
                  className="item"
                  href={key === tabs[0]?.key ? '/admin' : `/admin?tab=${key}`}
                  aria-current={key === chosen.key ? 'page' : undefined}
                >
                  {words}
                </Link>
              ))}
            </div>
          ))}
        </nav>
        <div className="stack" style={{ gap: 16, minWidth: 0 }}>
          <h2>{chosen.words}</h2>
          <Suspense fallback={<Skeleton height={40} rows={5} />}>
            <chosen.page who={who} />
          </Suspense>
        </div>
      </div>
    </div>
  );
}
