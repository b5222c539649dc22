import { z } from 'zod';
import { orgDatabase } from '../../../engine/core/org.ts';
import { timeSchema } from '../../../engine/core/time-schema.ts';
import { principalOf } from '../guard-access.ts';
import { cursorParameter, limitParameter, pageOf, readCursor, toPage } from '../page.ts';
import { cohortWindow } from '../queries/cohort-window.ts';
import { windowSql } from '../queries/span-window.ts';
import { listTools, toolSchema } from '../queries/tools.ts';
import { readTopology, topologySchema } from '../queries/topology.ts';
import type { Routes } from '../route-group.ts';

export const toolRoutes: Routes = (app, { store, clock }) => {
  app.get(
    '/api/v1/tools',
    {
      config: { permission: 'usage:read' },
      schema: {
        querystring: z.strictObject({
          from: timeSchema.optional(),
          to: timeSchema.optional(),
          cursor: cursorParameter,
          limit: limitParameter,
        }),
        response: { 200: pageOf(toolSchema) },
      },
    },
    async (request) => {
      const { cursor, limit, ...window } = request.query;
      const after = readCursor(cursor, 1)?.[0] ?? '';
      const principal = principalOf(request);
      const { least, shown } = await cohortWindow(store, principal, window, clock());
      return toPage(
        await listTools(store, orgDatabase(principal.org), shown, after, limit + 1, least),
        limit,
        ({ name }) => [name],
      );
    },
  );

  app.get(
    '/api/v1/topology',
    {
      // Who reaches what is told call by call, which is about single people.
      config: { permission: 'traces:read' },
      schema: {
        querystring: z.strictObject({ from: timeSchema.optional(), to: timeSchema.optional() }),
        response: { 200: topologySchema },
      },
    },
    (request) => readTopology(store, orgDatabase(principalOf(request).org), windowSql(request.query, clock())),
  );
};
