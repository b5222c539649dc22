import type { User } from '../../engine/clickhouse/tables/users.ts';
import { CodedError } from '../../engine/core/errors.ts';
import { DEFAULT_ORG } from '../../engine/core/org.ts';
import type { Accounts } from './accounts.ts';
import { isPeopleRole, PEOPLE_ROLES, type PeopleRole } from './permissions.ts';
import type { Identity } from './single-sign-on.ts';

/** By group: `role` in the org `default`, or `org:role`. */
export type GroupRoles = Readonly<Record<string, string>>;

/**
 * The account of somebody whom the identity provider vouches for, made at the first sign-in and brought in line with their groups
 * at each. They come into the org they asked for, else `default`, else the first by name. Throws FORBIDDEN when no group gives a
 * role there, when the account is disabled, and when the address is a local account's and the provider does not vouch for it.
 */
export async function accountOfIdentity(
  accounts: Accounts,
  identity: Identity,
  groupRoles: GroupRoles,
  wanted: string | undefined,
): Promise<User> {
  const roles = rolesOf(identity.groups, groupRoles);
  const [first] = [...roles.keys()].sort();
  const org = wanted ?? (roles.has(DEFAULT_ORG) ? DEFAULT_ORG : (first ?? DEFAULT_ORG));
  const role = roles.get(org);
  const { externalId, email, name } = identity;
  const known = await accounts.byExternalId(org, externalId);
  if (role === undefined) {
    // Out of every group: what is still signed in ends too.
    if (known) await accounts.change(known, { signOut: true });
    throw new CodedError('FORBIDDEN', 'No group of yours has a role here: ask an administrator');
  }
  if (known) {
    if (known.disabled) throw new CodedError('FORBIDDEN', 'The account is disabled: ask an administrator');
    return known.role === role && known.name === name ? known : accounts.change(known, { role, name });
  }
  const local = await accounts.byEmail(org, email);
  if (!local) return accounts.create({ org, email, name, role, externalId });
  if (!identity.emailVerified || local.external_id !== '' || local.disabled)
    throw new CodedError('FORBIDDEN', 'There is another account with this address: ask an administrator');
  return accounts.change(local, { external_id: externalId, role, name });
}

/** The highest role of each org. */
export function rolesOf(groups: readonly string[], groupRoles: GroupRoles): ReadonlyMap<string, PeopleRole> {
  const roles = new Map<string, PeopleRole>();
  for (const group of groups) {
    const given = Object.hasOwn(groupRoles, group) ? groupRoles[group]! : '';
    const [org, role] = given.includes(':') ? (given.split(':', 2) as [string, string]) : [DEFAULT_ORG, given];
    if (!isPeopleRole(role)) continue;
    const known = roles.get(org);
    if (known === undefined || PEOPLE_ROLES.indexOf(role) < PEOPLE_ROLES.indexOf(known)) roles.set(org, role);
  }
  return roles;
}
