import { randomUUID } from 'node:crypto';
import type { Store } from '../../engine/clickhouse/store.ts';
import {
  findUser,
  findUserByExternalId,
  listUsers,
  saveUser,
  type User,
} from '../../engine/clickhouse/tables/users.ts';
import type { Clock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import { createLoginThrottle } from './login-throttle.ts';
import { createPasswordHasher, PASSWORD_CHARACTERS } from './password-hasher.ts';
import { isPeopleRole, type PeopleRole } from './permissions.ts';
import type { Principal } from './principal.ts';
import type { SessionHolder } from './web-sessions.ts';

/** A user that was looked up is believed for this long in this process; changes made here are seen at once. */
const FRESH_MS = 2_000;
const MOST_REMEMBERED = 10_000;

export interface NewAccount {
  readonly org: string;
  readonly email: string;
  readonly name: string;
  readonly role: PeopleRole;
  readonly userIds?: readonly string[];
  /** None: they come in by single sign-on alone, until somebody sets one. */
  readonly password?: string | undefined;
  readonly externalId?: string;
}

export type AccountChange = Partial<Pick<User, 'name' | 'role' | 'disabled' | 'user_ids' | 'external_id'>> & {
  readonly password?: string;
  /** Ends the user's sessions, which a change of password, role or disabling does too. */
  readonly signOut?: boolean;
};

export interface Accounts {
  /** Throws UNAUTHENTICATED, in the same words and after the same work whatever is wrong; OVERLOADED after too many failures. */
  signIn(who: { org: string; email: string; password: string }, address: string): Promise<User>;
  /** Counts and bounds the failures of other ways to sign in from an address. */
  guardTry<T>(address: string, attempt: () => Promise<T>): Promise<T>;
  /** Who a session speaks for now. Throws UNAUTHENTICATED when the user is gone, disabled or changed. */
  principalOf(holder: Extract<SessionHolder, { userId: string }>): Promise<Principal>;
  list(org: string | undefined): Promise<User[]>;
  /** Throws NOT_FOUND unless the user is there (in `org`, when given). */
  get(id: string, org: string | undefined): Promise<User>;
  byExternalId(org: string, externalId: string): Promise<User | undefined>;
  byEmail(org: string, email: string): Promise<User | undefined>;
  /** Throws CONFLICT when the org has the address already, BAD_REQUEST for a password that will not do. */
  create(account: NewAccount): Promise<User>;
  change(user: User, change: AccountChange): Promise<User>;
}

export function createAccounts(store: Store, clock: Clock): Accounts {
  const hasher = createPasswordHasher();
  const throttle = createLoginThrottle(clock);
  const remembered = new Map<string, { readonly until: number; readonly user: Promise<User | undefined> }>();
  let last: Promise<unknown> = Promise.resolve();

  /** Changes go one by one, so that an address is given once. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  }

  function lookUp(id: string): Promise<User | undefined> {
    const known = remembered.get(id);
    if (known && known.until > clock()) return known.user;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    const user = findUser(store, { id });
    remembered.set(id, { until: clock() + FRESH_MS, user });
    user.catch(() => remembered.delete(id));
    return user;
  }

  async function save(user: User): Promise<User> {
    await saveUser(store, user);
    remembered.delete(user.id);
    return user;
  }

  return {
    signIn: async ({ org, email, password }, address) => {
      const account = `${org} ${email.toLowerCase()}`;
      throttle.begin(account, address);
      const user = await findUser(store, { org, email: email.toLowerCase() });
      const fits = await hasher.verify(user?.password_hash ?? '', password);
      if (!user || !fits || user.disabled)
        throw new CodedError('UNAUTHENTICATED', 'The address or the password is not right');
      throttle.succeeded(account, address);
      return user;
    },
    guardTry: async (address, attempt) => {
      // One name for all: what is guessed here is no account but a secret.
      throttle.begin(`from ${address}`, address);
      const outcome = await attempt();
      throttle.succeeded(`from ${address}`, address);
      return outcome;
    },
    principalOf: async ({ userId, stamp }) => {
      const user = await lookUp(userId);
      if (!user || user.disabled || user.stamp !== stamp || !isPeopleRole(user.role))
        throw new CodedError('UNAUTHENTICATED', 'The session is over: sign in again');
      const { id, org, role, email, user_ids } = user;
      return { kind: 'user', id, name: email, org, role, userIds: [...new Set([email, ...user_ids])] };
    },
    list: (org) => listUsers(store, org),
    get: async (id, org) => {
      const user = await findUser(store, { id });
      if (!user || (org !== undefined && user.org !== org)) throw new CodedError('NOT_FOUND', 'There is no such user');
      return user;
    },
    byExternalId: (org, externalId) => findUserByExternalId(store, org, externalId),
    byEmail: (org, email) => findUser(store, { org, email: email.toLowerCase() }),
    create: (account) =>
      inTurn(async () => {
        const email = account.email.toLowerCase();
        if (await findUser(store, { org: account.org, email }))
          throw new CodedError('CONFLICT', 'There is a user with this address already');
        if (account.password !== undefined) checkPassword(account.password, email);
        const now = clock();
        return save({
          id: randomUUID(),
          org: account.org,
          email,
          name: account.name,
          role: account.role,
          disabled: false,
          user_ids: [...(account.userIds ?? [])],
          password_hash: account.password === undefined ? '' : await hasher.hash(account.password),
          external_id: account.externalId ?? '',
          stamp: now,
          created_at: new Date(now).toISOString(),
          updated: now,
        });
      }),
    change: ({ id, org }, { password, signOut = false, ...change }) =>
      inTurn(async () => {
        const user = await findUser(store, { id });
        if (!user || user.org !== org) throw new CodedError('NOT_FOUND', 'There is no such user');
        if (password !== undefined) checkPassword(password, user.email);
        const changed = { ...user, ...change };
        if (password !== undefined) changed.password_hash = await hasher.hash(password);
        const ends =
          signOut || password !== undefined || changed.role !== user.role || changed.disabled !== user.disabled;
        // Later than what is there, whatever the clock says now.
        const updated = Math.max(clock(), user.updated + 1);
        return save({ ...changed, stamp: ends ? Math.max(updated, user.stamp + 1) : user.stamp, updated });
      }),
  };
}

/** Long rather than of many kinds of characters (NIST SP 800-63B-4, 3.1.1.2). */
function checkPassword(password: string, email: string): void {
  const { least, most } = PASSWORD_CHARACTERS;
  const refuse = (message: string) => {
    throw new CodedError('BAD_REQUEST', message, { extra: { field: 'password' } });
  };
  if ([...password].length < least || password.length > most) refuse(`A password has ${least} to ${most} characters`);
  const [name = ''] = email.split('@');
  if (name.length >= 4 && password.toLowerCase().includes(name)) refuse('The password holds the name of the address');
  if (new Set(password).size < 5) refuse('The password repeats too few characters');
}
