import { z } from 'zod';
import { listOrgs } from '../../../engine/clickhouse/tables/orgs.ts';
import type { User } from '../../../engine/clickhouse/tables/users.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import type { AccountChange } from '../../auth/accounts.ts';
import { PASSWORD_CHARACTERS } from '../../auth/password-hasher.ts';
import { PEOPLE_ROLES } from '../../auth/permissions.ts';
import { audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { isOperator, reachOf } from '../operator.ts';
import { pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const userSchema = z.object({
  id: z.string(),
  org: z.string(),
  email: z.string(),
  name: z.string(),
  role: z.string(),
  disabled: z.boolean(),
  user_ids: z.array(z.string()),
  password: z.boolean().describe('Whether there is one'),
  single_sign_on: z.boolean().describe('Whether the identity provider vouched for this account'),
  created_at: z.string(),
});

const name = z.string().trim().min(1).max(200);
const role = z.enum(PEOPLE_ROLES);
const userIds = z.array(z.string().min(1).max(500)).max(20);
const password = z.string().max(PASSWORD_CHARACTERS.most);

const bodySchema = z.strictObject({
  /** The asker's own when left out. */
  org: z.string().max(40).optional(),
  email: z.email().max(254),
  name: name.optional(),
  role,
  user_ids: userIds.default([]).describe('What their spans carry as user id, beside the e-mail address'),
  password: password.optional().describe('None: single sign-on alone'),
});

const changeSchema = z.strictObject({
  name: name.optional(),
  role: role.optional(),
  disabled: z.boolean().optional(),
  user_ids: userIds.optional(),
  password: password.optional(),
});

const byId = z.object({ id: z.string().max(100) });

/** People of an org. Only administrators say which spans are whose: whoever could say it themselves could read anybody's. */
export const userRoutes: Routes = (app, services) => {
  const { store, accounts } = services;
  const config = { permission: 'users:manage' } as const;

  app.get('/api/v1/users', { config, schema: { response: { 200: pageOf(userSchema) } } }, async (request) => ({
    items: (await accounts.list(reachOf(principalOf(request)))).map(shown),
    next_cursor: null,
  }));

  app.post(
    '/api/v1/users',
    { config, schema: { body: bodySchema, response: { 201: userSchema } } },
    async (request, reply) => {
      const principal = principalOf(request);
      const { org = principal.org, email, name = email, role, user_ids, password } = request.body;
      if (org !== principal.org && !isOperator(principal))
        throw new CodedError('FORBIDDEN', 'Only an admin of the org default adds users to other orgs');
      if (!(await listOrgs(store)).some(({ slug }) => slug === org))
        throw new CodedError('NOT_FOUND', 'There is no such org');
      const user = await accounts.create({ org, email, name, role, userIds: user_ids, password });
      await audit(services, request, 'user.create', user.id, `${user.email}, ${role} of ${org}`);
      return reply.code(201).send(shown(user));
    },
  );

  app.post(
    '/api/v1/users/:id',
    { config, schema: { params: byId, body: changeSchema, response: { 200: userSchema } } },
    async (request) => {
      const principal = principalOf(request);
      const user = await accounts.get(request.params.id, reachOf(principal));
      const { disabled, role } = request.body;
      const locksOut = disabled === true || (role !== undefined && role !== 'admin');
      if (user.id === principal.id && (locksOut || request.body.user_ids !== undefined))
        throw new CodedError(
          'CONFLICT',
          'Somebody else has to disable you, take your role or say which spans are yours',
        );
      const change = Object.fromEntries(
        Object.entries(request.body).filter(([, value]) => value !== undefined),
      ) as AccountChange;
      const changed = await accounts.change(user, change);
      await audit(services, request, 'user.change', user.id, `${user.email}: ${changesOf(user, changed)}`);
      return shown(changed);
    },
  );
};

function shown(user: User): z.infer<typeof userSchema> {
  const { id, org, email, name, role, disabled, user_ids, created_at } = user;
  return {
    ...{ id, org, email, name, role, disabled, user_ids, created_at },
    password: user.password_hash !== '',
    single_sign_on: user.external_id !== '',
  };
}

function changesOf(before: User, after: User): string {
  const changes = [
    before.name !== after.name && 'name',
    before.role !== after.role && `${before.role} to ${after.role}`,
    before.disabled !== after.disabled && (after.disabled ? 'disabled' : 'enabled'),
    before.user_ids.join() !== after.user_ids.join() && `user ids to ${after.user_ids.join(' ')}`,
    before.password_hash !== after.password_hash && 'password',
  ];
  return changes.filter(Boolean).join(', ') || 'nothing';
}
