import { type ComponentType, lazy } from 'react';
import type { SignedIn } from '../../answers.ts';

interface AdminTab {
  readonly key: string;
  readonly words: string;
  readonly group: 'Access' | 'Alerts' | 'Data' | 'System';
  readonly permission: string;
  readonly page: ComponentType<{ who: SignedIn }>;
}

/** The parts of the admin page: one file each, and one line here. */
export const ADMIN_TABS: readonly AdminTab[] = [
  {
    key: 'users',
    words: 'Users',
    group: 'Access',
    permission: 'users:manage',
    page: lazy(() => import('./users.tsx')),
  },
  {
    key: 'tokens',
    words: 'Tokens',
    group: 'Access',
    permission: 'tokens:manage',
    page: lazy(() => import('./tokens.tsx')),
  },
  {
    key: 'destinations',
    words: 'Destinations',
    group: 'Alerts',
    permission: 'destinations:manage',
    page: lazy(() => import('./destinations.tsx')),
  },
  {
    key: 'routes',
    words: 'Routes',
    group: 'Alerts',
    permission: 'destinations:manage',
    page: lazy(() => import('./alert-routes.tsx')),
  },
  {
    key: 'silences',
    words: 'Silences',
    group: 'Alerts',
    permission: 'alerts:act',
    page: lazy(() => import('./silences.tsx')),
  },
  {
    key: 'inhibitions',
    words: 'Inhibitions',
    group: 'Alerts',
    permission: 'destinations:manage',
    page: lazy(() => import('./inhibitions.tsx')),
  },
  {
    key: 'deliveries',
    words: 'Deliveries',
    group: 'Alerts',
    permission: 'destinations:manage',
    page: lazy(() => import('./deliveries.tsx')),
  },
  {
    key: 'redaction',
    words: 'Redaction',
    group: 'Data',
    permission: 'orgs:manage',
    page: lazy(() => import('./redaction.tsx')),
  },
  {
    key: 'policy',
    words: 'Developers’ machines',
    group: 'Data',
    permission: 'orgs:manage',
    page: lazy(() => import('./client-policy.tsx')),
  },
  {
    key: 'budget',
    words: 'Language models',
    group: 'Data',
    permission: 'orgs:manage',
    page: lazy(() => import('./budget.tsx')),
  },
  {
    key: 'orgs',
    words: 'Orgs and retention',
    group: 'Data',
    permission: 'orgs:manage',
    page: lazy(() => import('./orgs.tsx')),
  },
  {
    key: 'archive',
    words: 'Archive',
    group: 'Data',
    permission: 'orgs:manage',
    page: lazy(() => import('./archive.tsx')),
  },
  {
    key: 'erasure',
    words: 'Erasure',
    group: 'Data',
    permission: 'orgs:manage',
    page: lazy(() => import('./erasures.tsx')),
  },
  {
    key: 'health',
    words: 'Health',
    group: 'System',
    permission: 'rules:read',
    page: lazy(() => import('./health.tsx')),
  },
  { key: 'audit', words: 'Audit', group: 'System', permission: 'audit:read', page: lazy(() => import('./audit.tsx')) },
];
