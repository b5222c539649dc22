import { DEFAULT_ORG } from '../../engine/core/org.ts';
import type { Principal } from '../auth/principal.ts';

/** The org `default` is that of whoever runs the server: its admins also administer the other orgs. They do not read their data. */
export function isOperator({ role, org }: Principal): boolean {
  return role === 'admin' && org === DEFAULT_ORG;
}

/** The org whose tokens and users the asker manages; undefined for all. */
export function reachOf(principal: Principal): string | undefined {
  return isOperator(principal) ? undefined : principal.org;
}
