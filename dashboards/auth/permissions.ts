/** What each role may do. A role or permission that is not here does not exist. */
export const PERMISSIONS = {
  /** Everything within the org; in the org `default` also the other orgs' administration. */
  admin: [
    'alerts:read',
    'alerts:act',
    'rules:read',
    'rules:manage',
    'exceptions:manage',
    'traces:read',
    'content:read',
    'usage:read',
    'sql:run',
    'deployments:record',
    'destinations:manage',
    'orgs:manage',
    'tokens:manage',
    'audit:read',
    'policy:read',
    'metrics:read',
    'spans:write',
  ],
  /** Hunts and handles alerts. Sees what agents did, not what people and models said. */
  analyst: [
    'alerts:read',
    'alerts:act',
    'rules:read',
    'exceptions:manage',
    'traces:read',
    'usage:read',
    'sql:run',
    'deployments:record',
  ],
  /** Sends spans, and pulls the policy of the client that does. */
  ingest: ['spans:write', 'policy:read'],
} as const satisfies Record<string, readonly string[]>;

export type Role = keyof typeof PERMISSIONS;
export type Permission = (typeof PERMISSIONS)[Role][number];

export const ROLES = Object.keys(PERMISSIONS) as [Role, ...Role[]];

export function may(role: string, permission: Permission): boolean {
  return isRole(role) && (PERMISSIONS[role] as readonly Permission[]).includes(permission);
}

export function isRole(role: string): role is Role {
  return Object.hasOwn(PERMISSIONS, role);
}
