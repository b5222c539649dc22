import { z } from 'zod';
import { orgDatabase } from '../../../engine/core/org.ts';
import { principalOf } from '../guard-access.ts';
import { pageOf } from '../page.ts';
import { promptVersionSchema, readPrompts } from '../queries/prompt-versions.ts';
import { findEntities, hitSchema } from '../queries/search.ts';
import { readSchema, tableSchema } from '../queries/sql-schema.ts';
import type { Routes } from '../route-group.ts';

/** What a person types or picks from: anything by name or id, the tables of SQL, the prompts of an agent. */
export const searchRoutes: Routes = (app, { store, rules }) => {
  app.get(
    '/api/v1/search',
    {
      config: { permission: 'traces:read' },
      schema: {
        querystring: z.strictObject({ q: z.string().trim().min(2).max(200) }),
        response: { 200: pageOf(hitSchema) },
      },
    },
    async (request) => {
      const { q } = request.query;
      const { org } = principalOf(request);
      const found = await findEntities(store, orgDatabase(org), q);
      const named = (await rules(org))
        .filter(({ id, metadata }) => `${id} ${metadata.name}`.toLowerCase().includes(q.toLowerCase()))
        .slice(0, 5)
        .map(({ id, metadata }) => ({ kind: 'rule' as const, id, title: metadata.name, detail: metadata.severity }));
      return { items: [...found, ...named], next_cursor: null };
    },
  );

  app.get(
    '/api/v1/sql/schema',
    { config: { permission: 'sql:run' }, schema: { response: { 200: pageOf(tableSchema) } } },
    async (request) => ({ items: await readSchema(store, orgDatabase(principalOf(request).org)), next_cursor: null }),
  );

  app.get(
    '/api/v1/prompt-versions',
    {
      config: { permission: 'traces:read' },
      schema: {
        querystring: z.strictObject({ agent_id: z.string().min(1).max(500) }),
        response: { 200: pageOf(promptVersionSchema) },
      },
    },
    async (request) => ({
      items: await readPrompts(store, orgDatabase(principalOf(request).org), request.query.agent_id),
      next_cursor: null,
    }),
  );
};
