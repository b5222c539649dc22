import { z } from 'zod';
import { applyRetention, RETENTION_DAYS } from '../../../engine/clickhouse/retention.ts';
import { listOrgs, saveRetention } from '../../../engine/clickhouse/tables/orgs.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import type { Principal } from '../../auth/principal.ts';
import { audit } from '../audit.ts';
import { principalOf } from '../guard-access.ts';
import { isOperator } from '../operator.ts';
import type { Routes } from '../route-group.ts';

const { least, most } = RETENTION_DAYS;

const retentionSchema = z.object({
  org: z.string(),
  retention_days: z.number(),
  least_days: z.number(),
  most_days: z.number(),
});

/** The asker's own when left out. */
const org = z.string().max(40).optional();
const days = z
  .number()
  .int('a whole number of days')
  .min(least, `at least ${least} days`)
  .max(most, `at most ${most} days`);

/** For how many days an org's spans, findings, deliveries and closed alerts are kept. */
export const retentionRoutes: Routes = (app, services) => {
  const { store, clock } = services;
  const config = { permission: 'orgs:manage' } as const;

  async function retentionOf(principal: Principal, slug = principal.org): Promise<z.infer<typeof retentionSchema>> {
    if (slug !== principal.org && !isOperator(principal))
      throw new CodedError('FORBIDDEN', 'Only an admin of the org default manages the retention of other orgs');
    const found = (await listOrgs(store)).find((candidate) => candidate.slug === slug);
    if (!found) throw new CodedError('NOT_FOUND', 'There is no such org');
    return { org: slug, retention_days: found.retention_days, least_days: least, most_days: most };
  }

  app.get(
    '/api/v1/retention',
    { config, schema: { querystring: z.strictObject({ org }), response: { 200: retentionSchema } } },
    (request) => retentionOf(principalOf(request), request.query.org),
  );

  app.post(
    '/api/v1/retention',
    {
      config,
      schema: { body: z.strictObject({ org, retention_days: days }), response: { 200: retentionSchema } },
    },
    async (request) => {
      const { retention_days } = request.body;
      const before = await retentionOf(principalOf(request), request.body.org);
      // The wish first: should the process end in between, the next start makes it so.
      await saveRetention(store, before.org, retention_days, clock());
      await applyRetention(store, orgDatabase(before.org), retention_days);
      await audit(services, request, 'retention.set', before.org, `${before.retention_days} to ${retention_days} days`);
      return { ...before, retention_days };
    },
  );
};
