import { z } from 'zod';
import { orgDatabase } from '../../../engine/core/org.ts';
import { timeSchema } from '../../../engine/core/time-schema.ts';
import { principalOf } from '../guard-access.ts';
import { insightsSchema, readInsights } from '../queries/insights.ts';
import { leadersPeriod } from '../queries/leaders-period.ts';
import type { Routes } from '../route-group.ts';

/** What kind of work agents do, how far they are left alone with it, and where they keep failing. */
export const insightRoutes: Routes = (app, { store, clock }) => {
  app.get(
    '/api/v1/insights',
    {
      config: { permission: 'usage:read' },
      schema: {
        querystring: z.strictObject({ from: timeSchema.optional(), to: timeSchema.optional() }),
        response: { 200: insightsSchema },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { least, ...period } = await leadersPeriod(store, principal, request.query, clock());
      return readInsights(store, orgDatabase(principal.org), period, least);
    },
  );
};
