import { z } from 'zod';
import { orgDatabase } from '../../../engine/core/org.ts';
import { timeSchema } from '../../../engine/core/time-schema.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import { refuseSinglePeople } from '../queries/cohort.ts';
import { cohortWindow } from '../queries/cohort-window.ts';
import { readUsage, USAGE_GROUPS, usageSchema } from '../queries/usage.ts';
import type { Routes } from '../route-group.ts';

/** Groups that one answer holds at most, the dearest of them. */
const MOST_GROUPS = 1_000;

export const usageRoutes: Routes = (app, { store, clock }) => {
  app.get(
    '/api/v1/usage',
    {
      config: { permission: 'usage:read' },
      schema: {
        querystring: z.strictObject({
          group_by: z.enum(USAGE_GROUPS).default('day'),
          from: timeSchema.optional(),
          to: timeSchema.optional(),
        }),
        response: { 200: pageOf(usageSchema) },
      },
    },
    async (request) => {
      const { group_by: group, ...window } = request.query;
      const principal = principalOf(request);
      const { least, shown } = await cohortWindow(store, principal, window, clock());
      refuseSinglePeople(least, group === 'user');
      const items = await readUsage(store, orgDatabase(principal.org), group, shown, MOST_GROUPS, least);
      return { items, next_cursor: null };
    },
  );
};
