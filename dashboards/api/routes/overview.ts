import { z } from 'zod';
import { orgDatabase } from '../../../engine/core/org.ts';
import { timeSchema } from '../../../engine/core/time-schema.ts';
import { principalOf } from '../guard-access.ts';
import { alertCountsSchema, countAlerts } from '../queries/alert-counts.ts';
import { leadersPeriod } from '../queries/leaders-period.ts';
import { overviewSchema, readOverview } from '../queries/overview.ts';
import type { Routes } from '../route-group.ts';

/** The leaders' page in one answer, and how many alerts there are of each kind. */
export const overviewRoutes: Routes = (app, { store, clock }) => {
  app.get(
    '/api/v1/overview',
    {
      config: { permission: 'usage:read' },
      schema: {
        querystring: z.strictObject({ from: timeSchema.optional(), to: timeSchema.optional() }),
        response: { 200: overviewSchema },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { least, ...period } = await leadersPeriod(store, principal, request.query, clock());
      return readOverview(store, orgDatabase(principal.org), period, least);
    },
  );

  app.get(
    '/api/v1/alert-counts',
    {
      config: { permission: 'alerts:read' },
      schema: {
        querystring: z.strictObject({ since: timeSchema.optional() }),
        response: { 200: alertCountsSchema },
      },
    },
    (request) =>
      countAlerts(
        store,
        orgDatabase(principalOf(request).org),
        Date.parse(request.query.since ?? '1970-01-01T00:00:00Z'),
      ),
  );
};
