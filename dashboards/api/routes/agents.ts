import { z } from 'zod';
import { orgDatabase } from '../../../engine/core/org.ts';
import { timeSchema } from '../../../engine/core/time-schema.ts';
import { principalOf } from '../guard-access.ts';
import { cursorParameter, limitParameter, pageOf, readCursor, toPage } from '../page.ts';
import { agentSchema, listAgents } from '../queries/agents.ts';
import { cohortWindow } from '../queries/cohort-window.ts';
import type { Routes } from '../route-group.ts';

export const agentRoutes: Routes = (app, { store, clock }) => {
  app.get(
    '/api/v1/agents',
    {
      config: { permission: 'usage:read' },
      schema: {
        querystring: z.strictObject({
          from: timeSchema.optional(),
          to: timeSchema.optional(),
          cursor: cursorParameter,
          limit: limitParameter,
        }),
        response: { 200: pageOf(agentSchema) },
      },
    },
    async (request) => {
      const { cursor, limit, ...window } = request.query;
      const after = readCursor(cursor, 1)?.[0] ?? '';
      const principal = principalOf(request);
      const { least, shown } = await cohortWindow(store, principal, window, clock());
      return toPage(
        await listAgents(store, orgDatabase(principal.org), shown, after, limit + 1, least),
        limit,
        ({ id }) => [id],
      );
    },
  );
};
