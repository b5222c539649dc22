import { z } from 'zod';
import { migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { insertOrg, listOrgs } from '../../../engine/clickhouse/tables/orgs.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { isOperator } from '../operator.ts';
import { pageOf } from '../page.ts';
import type { Routes } from '../route-group.ts';

const orgSchema = z.object({ slug: z.string(), name: z.string(), created_at: z.string(), retention_days: z.number() });

const bodySchema = z.strictObject({
  slug: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/, '1 to 40 of a-z, 0-9 and _, starting with a letter'),
  name: z.string().trim().min(1).max(200),
});

export const orgRoutes: Routes = (app, services) => {
  const { store, clock } = services;
  const config = { permission: 'orgs:manage' } as const;

  app.get('/api/v1/orgs', { config, schema: { response: { 200: pageOf(orgSchema) } } }, async (request) => {
    const principal = principalOf(request);
    const orgs = await listOrgs(store);
    return {
      items: isOperator(principal) ? orgs : orgs.filter((org) => org.slug === principal.org),
      next_cursor: null,
    };
  });

  app.post(
    '/api/v1/orgs',
    { config, schema: { body: bodySchema, response: { 201: orgSchema } } },
    async (request, reply) => {
      if (!isOperator(principalOf(request)))
        throw new CodedError('FORBIDDEN', 'Only an admin of the org default creates orgs');
      const { slug, name } = request.body;
      if ((await listOrgs(store)).some((org) => org.slug === slug))
        throw new CodedError('CONFLICT', 'The org exists already');
      // The database first: an org that is listed can be used. Migrations are idempotent, so a crash in between does no harm.
      await migrateOrg(store, orgDatabase(slug));
      await insertOrg(store, { slug, name, now: clock() });
      await audit(services, request, 'org.create', slug, name);
      const created = (await listOrgs(store)).find((org) => org.slug === slug);
      return reply.code(201).send(created!);
    },
  );
};
