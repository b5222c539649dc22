import { DEFAULT_ORG } from '../../engine/core/org.ts';
import type { Principal } from '../auth/authenticator.ts';

/** The org `default` is that of whoever runs the server: its admins also administer the other orgs. They do not read their data. */
export function isOperator({ role, org }: Principal): boolean {
  return role === 'admin' && org === DEFAULT_ORG;
}
