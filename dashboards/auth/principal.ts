import { CodedError } from '../../engine/core/errors.ts';
import { may, type Permission, type Role } from './permissions.ts';

/** Who asks. */
export interface Principal {
  readonly kind: 'token' | 'user';
  /** Of the token or the user. */
  readonly id: string;
  readonly name: string;
  readonly org: string;
  readonly role: Role;
  /** What spans of this person carry as user id, as senders write it; none for tokens. */
  readonly userIds: readonly string[];
}

/** Throws FORBIDDEN unless the asker's role has the permission. */
export function requirePermission(principal: Principal, permission: Permission): void {
  if (!may(principal.role, permission)) {
    throw new CodedError('FORBIDDEN', `The role ${principal.role} does not have the permission ${permission}`);
  }
}
