/**
 * What each role may do. A role or permission that is not here does not exist. docs/access.md has the same table, and a test
 * for each of its cells.
 */
export const PERMISSIONS = {
  /** Runs the org: people, tokens, policies. In the org `default` also the other orgs' administration. */
  admin: [
    'alerts:read',
    'alerts:act',
    'rules:read',
    'rules:manage',
    'exceptions:manage',
    'traces:read',
    'traces:own',
    'content:open',
    'content:read',
    'usage:read',
    'sql:run',
    'deployments:record',
    'destinations:manage',
    'orgs:manage',
    'users:manage',
    'tokens:manage',
    'audit:read',
    'policy:read',
    'metrics:read',
    'spans:write',
  ],
  /** Hunts, handles alerts and decides who hears of them; may break the glass. */
  security: [
    'alerts:read',
    'alerts:act',
    'rules:read',
    'rules:manage',
    'exceptions:manage',
    'traces:read',
    'traces:own',
    'content:open',
    'usage:read',
    'sql:run',
    'deployments:record',
    'destinations:manage',
    'audit:read',
  ],
  /** Hunts and handles alerts. Sees what agents did, not what people and models said. */
  analyst: [
    'alerts:read',
    'alerts:act',
    'rules:read',
    'exceptions:manage',
    'traces:read',
    'traces:own',
    'usage:read',
    'sql:run',
    'deployments:record',
  ],
  /** Reads figures, of groups of people that are large enough. */
  manager: ['traces:own', 'usage:read'],
  /** Reads their own sessions. */
  developer: ['traces:own'],
  /** Sends spans, and pulls the policy of the client that does. */
  ingest: ['spans:write', 'policy:read'],
  /** Sends on what it redacted itself: the receiver keeps what it tells of its spans, of nobody else. */
  gateway: ['spans:write'],
} as const satisfies Record<string, readonly string[]>;

export type Role = keyof typeof PERMISSIONS;
export type Permission = (typeof PERMISSIONS)[Role][number];

export const ROLES = Object.keys(PERMISSIONS) as [Role, ...Role[]];

/** Roles that people have; `ingest` and `gateway` are for machines. The first that somebody's groups give is the one they get. */
export const PEOPLE_ROLES = ['admin', 'security', 'analyst', 'manager', 'developer'] as const satisfies readonly Role[];
export type PeopleRole = (typeof PEOPLE_ROLES)[number];

export function may(role: string, permission: Permission): boolean {
  return isRole(role) && (PERMISSIONS[role] as readonly Permission[]).includes(permission);
}

export function isRole(role: string): role is Role {
  return Object.hasOwn(PERMISSIONS, role);
}

export function isPeopleRole(role: string): role is PeopleRole {
  return (PEOPLE_ROLES as readonly string[]).includes(role);
}
