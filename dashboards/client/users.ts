import { randomInt } from 'node:crypto';
import { z } from 'zod';
import { CodedError } from '../../engine/core/errors.ts';
import type { ApiClient } from './api-client.ts';
import { printAnswer, tableOf } from './print-answer.ts';

const userSchema = z.object({
  id: z.string(),
  org: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.string(),
  disabled: z.boolean(),
  user_ids: z.array(z.string()),
  password: z.boolean(),
  single_sign_on: z.boolean(),
  created_at: z.string(),
});

const DIGITS = '23456789abcdefghjkmnpqrstuvwxyz';
/** 20 of 31 digits: 99 bits, without those that are mistaken for each other. */
const PASSWORD_DIGITS = 20;

export async function listUsers(server: ApiClient, { json }: { json?: boolean }): Promise<void> {
  const { items } = await server.call(z.object({ items: z.array(userSchema) }), 'GET', '/users');
  printAnswer(items, json, () => tableOf(items, ['org', 'email', 'role', 'disabled', 'single_sign_on', 'created_at']));
}

/** The password goes to standard output by itself, so that a script can take it; what is said about it goes to standard error. */
export async function addUser(
  server: ApiClient,
  email: string,
  options: { org?: string; role: string; name?: string; userId?: string[]; sso?: boolean; json?: boolean },
): Promise<void> {
  const { org, role, name, userId, sso, json } = options;
  const password = sso ? undefined : newPassword();
  const body = { email, role, org, name, user_ids: userId ?? [], password };
  const user = await server.call(userSchema, 'POST', '/users', body);
  process.stderr.write(
    `${user.email} is ${user.role} of ${user.org}${sso ? '' : '; the password is shown this once'}\n`,
  );
  printAnswer({ ...user, ...(password !== undefined && { password }) }, json, () => password ?? user.id);
}

export async function changeUser(
  server: ApiClient,
  email: string,
  change: { role?: string; disabled?: boolean },
  options: { org?: string; json?: boolean },
): Promise<void> {
  const user = await findUser(server, email, options.org);
  const changed = await server.call(userSchema, 'POST', `/users/${encodeURIComponent(user.id)}`, change);
  printAnswer(
    changed,
    options.json,
    ({ role, disabled }) => `${changed.email}: ${role}${disabled ? ', disabled' : ''}`,
  );
}

export async function resetPassword(
  server: ApiClient,
  email: string,
  options: { org?: string; json?: boolean },
): Promise<void> {
  const user = await findUser(server, email, options.org);
  const password = newPassword();
  const changed = await server.call(userSchema, 'POST', `/users/${encodeURIComponent(user.id)}`, { password });
  process.stderr.write(`new password of ${changed.email}, shown this once; their sessions are over\n`);
  printAnswer({ ...changed, password }, options.json, () => password);
}

async function findUser(server: ApiClient, email: string, org: string | undefined) {
  const { items } = await server.call(z.object({ items: z.array(userSchema) }), 'GET', '/users');
  const found = items.filter((user) => user.email === email.toLowerCase() && (org === undefined || user.org === org));
  if (found.length === 0) throw new CodedError('NOT_FOUND', `there is no user ${email}`);
  if (found.length > 1) throw new CodedError('USAGE', `several orgs have a user ${email}: name one with --org`);
  return found[0]!;
}

function newPassword(): string {
  return Array.from({ length: PASSWORD_DIGITS }, () => DIGITS[randomInt(DIGITS.length)]).join('');
}
