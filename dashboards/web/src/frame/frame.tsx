import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Count, SignedIn } from '../answers.ts';
import { request } from '../request.ts';
import { Icon, type IconName } from './icon.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import { Palette } from './palette.tsx';
import { chooseTheme, chosenTheme, type Theme } from './theme.ts';
import { TimeRange } from './time-range.tsx';
import { useAlertStream } from './use-alert-stream.ts';
import { useKeys } from './use-keys.ts';

interface Place {
  readonly path: string;
  readonly words: string;
  readonly icon: IconName;
  readonly permission: string;
}

export const PLACES: readonly Place[] = [
  { path: '/overview', words: 'Overview', icon: 'overview', permission: 'usage:read' },
  { path: '/alerts', words: 'Alerts', icon: 'alerts', permission: 'alerts:read' },
  { path: '/sessions', words: 'Sessions', icon: 'sessions', permission: 'traces:own' },
  { path: '/agents', words: 'Agents', icon: 'agents', permission: 'usage:read' },
  { path: '/rules', words: 'Rules', icon: 'rules', permission: 'rules:read' },
  { path: '/sql', words: 'SQL', icon: 'sql', permission: 'sql:run' },
  { path: '/admin', words: 'Admin', icon: 'admin', permission: 'audit:read' },
];

const NEXT_THEME: Readonly<Record<Theme, Theme>> = { system: 'light', light: 'dark', dark: 'system' };
const NARROW = 'spanwarden.rail';
/** Pages that a period narrows. */
const TIMED = /^\/(overview|alerts|alerts\/incidents|sessions|agents)$/;

/** Rail, top bar and what goes on everywhere: the palette, the keys, the live stream. */
export function Frame({ who, children }: { who: SignedIn; children: ReactNode }) {
  const [path, navigate] = useLocation();
  const client = useQueryClient();
  const [narrow, setNarrow] = useState(localStorage.getItem(NARROW) === '1');
  const [palette, setPalette] = useState(false);
  const [keys, setKeys] = useState(false);
  const [theme, setTheme] = useState(chosenTheme());
  const mayAlerts = who.permissions.includes('alerts:read');
  const live = useAlertStream(mayAlerts);
  const counts = useQuery({
    queryKey: ['alerts', 'open-count'],
    queryFn: () => request<{ status: Count[] }>('GET', '/alert-counts'),
    enabled: mayAlerts,
  });
  const open = counts.data?.status.find(({ key }) => key === 'open')?.count ?? 0;
  const places = PLACES.filter(({ permission }) => who.permissions.includes(permission));
  useKeys({ 'mod+k': () => setPalette(true), '/': () => setPalette(true), '?': () => setKeys(true) });

  const fold = () => {
    localStorage.setItem(NARROW, narrow ? '0' : '1');
    setNarrow(!narrow);
  };
  const turnTheme = () => {
    chooseTheme(NEXT_THEME[theme]);
    setTheme(NEXT_THEME[theme]);
  };
  const signOut = async () => {
    await request('DELETE', '/session');
    client.clear();
    location.assign('/');
  };
  const crumbs = path.split('/').filter(Boolean).map(decodeURIComponent);
  const here = PLACES.find((place) => path.startsWith(place.path));

  return (
    <div className={narrow ? 'frame narrow' : 'frame'}>
      <a className="button skip" href="#main">
        Skip to the page
      </a>
      <nav className="rail" aria-label="Main">
        <Link className="brand" href="/overview" aria-label="Spanwarden">
          <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="var(--accent)" />
            <path d="M8 9h16M8 16h10M8 23h6" stroke="var(--accent-text)" strokeWidth="3.2" strokeLinecap="round" />
            <circle cx="23" cy="21.5" r="3.6" fill="var(--accent-text)" />
          </svg>
          <span className="label">Spanwarden</span>
        </Link>
        {places.map((place) => (
          <Link
            key={place.path}
            className="item"
            href={place.path}
            title={narrow ? place.words : undefined}
            aria-current={here === place ? 'page' : undefined}
          >
            <Icon name={place.icon} />
            <span className={narrow ? 'label' : undefined}>{place.words}</span>
            {place.path === '/alerts' && open > 0 && (
              <span className="count">
                {open}
                <span className="hidden-text"> open</span>
              </span>
            )}
          </Link>
        ))}
        <div className="foot">
          <div className="who small">
            <div className="cut" title={who.org}>
              {who.org}
            </div>
            <Link className="cut faint" href="/account" title={`${who.name}, ${who.role}`}>
              {who.name} · {who.role}
            </Link>
          </div>
          <button
            type="button"
            className="button plain"
            onClick={turnTheme}
            aria-label={`Theme: ${theme}`}
            title={`Theme: ${theme}`}
          >
            <Icon name="theme" />
            <span className="label">Theme: {theme}</span>
          </button>
          <button
            type="button"
            className="button plain"
            onClick={fold}
            aria-label={narrow ? 'Widen the rail' : 'Fold the rail'}
          >
            <Icon name="fold" />
            <span className="label">Fold</span>
          </button>
          <button type="button" className="button plain" onClick={signOut} aria-label="Sign out">
            <Icon name="out" />
            <span className="label">Sign out</span>
          </button>
        </div>
      </nav>
      <div className="main">
        <header className="top">
          <nav className="crumbs" aria-label="Breadcrumb">
            {here && crumbs.length > 1 ? (
              <Link href={here.path}>{here.words}</Link>
            ) : (
              <span aria-current="page">{here?.words ?? (path === '/account' ? 'Account' : '')}</span>
            )}
            {crumbs.length > 1 && (
              <>
                <span aria-hidden="true">/</span>
                <span className="cut" aria-current="page">
                  {crumbs.at(-1)}
                </span>
              </>
            )}
          </nav>
          {mayAlerts && path.startsWith('/alerts') && (
            <span className={live ? 'live' : 'live off'}>{live ? 'Live' : 'Reconnecting'}</span>
          )}
          {TIMED.test(path) && <TimeRange />}
          <button type="button" className="search-button" onClick={() => setPalette(true)} aria-label="Search">
            <Icon name="search" />
            <span className="cut">Search or jump to</span>
            <kbd>Ctrl K</kbd>
          </button>
        </header>
        <main id="main" tabIndex={-1}>
          {children}
        </main>
      </div>
      {palette && <Palette places={places} close={() => setPalette(false)} go={navigate} />}
      {keys && <KeysDialog close={() => setKeys(false)} />}
    </div>
  );
}
