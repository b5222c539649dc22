import { describe, expect, it } from 'vitest';
import { isRole, may, PERMISSIONS, ROLES } from '../../../dashboards/auth/permissions.ts';

describe('roles', () => {
  it.each([
    ['admin', 'content:read', true],
    ['admin', 'tokens:manage', true],
    ['security', 'content:open', true],
    ['security', 'users:manage', false],
    ['manager', 'alerts:read', false],
    ['developer', 'usage:read', false],
    ['analyst', 'sql:run', true],
    ['analyst', 'content:read', false],
    ['analyst', 'destinations:manage', false],
    ['ingest', 'spans:write', true],
    ['ingest', 'alerts:read', false],
    ['gateway', 'spans:write', true],
    ['gateway', 'policy:read', false],
    ['nobody', 'alerts:read', false],
    ['constructor', 'alerts:read', false],
    ['__proto__', 'alerts:read', false],
  ] as const)('%s %s: %s', (role, permission, allowed) => expect(may(role, permission)).toBe(allowed));

  it('are those of the table alone', () => {
    expect(ROLES).toEqual(['admin', 'security', 'analyst', 'manager', 'developer', 'ingest', 'gateway']);
    expect(['toString', '', 'Admin'].some(isRole)).toBe(false);
  });

  it('give nobody what the admin lacks', () => {
    const admin = new Set<string>(PERMISSIONS.admin);
    for (const role of ROLES) for (const permission of PERMISSIONS[role]) expect(admin.has(permission)).toBe(true);
  });
});
