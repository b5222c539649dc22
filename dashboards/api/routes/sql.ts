import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { DEFAULT_QUERY_LIMITS } from '../../../engine/clickhouse/sql-guard/query-limits.ts';
import type { ParameterValue } from '../../../engine/clickhouse/sql-guard/query-parameters.ts';
import { querySlots } from '../../../engine/clickhouse/sql-guard/query-slots.ts';
import { CONTENT_COLUMNS, MIXED_COLUMNS } from '../../../engine/clickhouse/sql-guard/readable-tables.ts';
import { EXPORT_FORMATS, exportQuery, queryTable } from '../../../engine/clickhouse/sql-guard/run-query.ts';
import { stopQuery } from '../../../engine/clickhouse/sql-guard/stop-query.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { audit } from '../audit.ts';
import { createContentAccess } from '../content-access.ts';
import { principalOf } from '../guard-access.ts';
import type { Routes } from '../route-group.ts';
import { createStructuralKeys } from '../structural-key.ts';

const scalar = z.union([z.string().max(50_000), z.number(), z.boolean(), z.null()]);
const parameter: z.ZodType<ParameterValue> = z.union([
  scalar,
  z.array(z.union([scalar, z.array(scalar).max(10_000)])).max(10_000),
]);

const bodySchema = z.strictObject({
  query: z.string().min(1).max(100_000),
  params: z.record(z.string().regex(/^\w{1,100}$/), parameter).default({}),
  format: z.enum(['json', 'csv', 'ndjson', 'parquet', 'arrow']).default('json'),
});

const tableSchema = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(z.unknown())),
  rows_read: z.number(),
  elapsed_ms: z.number(),
  truncated: z.boolean(),
});

/** Two on a machine of two cores; a caller waits at most a little longer than a query may run. */
const DEFAULT_SLOTS = { running: 2, waiting: 8, deadlineMs: (DEFAULT_QUERY_LIMITS.seconds + 5) * 1_000 };

/** What a query that may read content names of it, for the record; a star names all. */
const CONTENT = new RegExp(`\\b(?:${[...CONTENT_COLUMNS, ...MIXED_COLUMNS].join('|')})\\b|\\*|\\bCOLUMNS\\b`, 'gi');

export const sqlRoutes: Routes = (app, services, options) => {
  const { store } = services;
  const content = createContentAccess(services);
  const limits = options.queryLimits ?? DEFAULT_QUERY_LIMITS;
  const isStructuralKey = createStructuralKeys();
  const inSlot = querySlots(options.querySlots ?? DEFAULT_SLOTS);

  app.post(
    '/api/v1/sql',
    { config: { permission: 'sql:run' }, schema: { body: bodySchema, response: { 200: tableSchema } } },
    async (request, reply) => {
      const principal = principalOf(request);
      const { query, params, format } = request.body;
      const mayReadContent = await content.inSql(principal);
      const named = mayReadContent ? [...new Set(query.match(CONTENT))] : [];
      if (named.length > 0) {
        const fingerprint = createHash('sha256').update(query).digest('hex').slice(0, 16);
        await audit(services, request, 'content.sql', `query ${fingerprint}`, named.join(', ').slice(0, 500));
      }
      const name = `sql ${randomUUID()}`;
      // Who goes away wants no answer: the query gives its slot back at once.
      reply.raw.once('close', () => {
        if (!reply.raw.writableFinished) void stopQuery(store, name).catch(() => undefined);
      });
      const asked = {
        query,
        parameters: params,
        database: orgDatabase(principal.org),
        mayReadContent,
        isStructuralKey,
        name,
      };
      if (format === 'json') return inSlot(() => queryTable(store, asked, limits));
      const file = await inSlot(() => exportQuery(store, asked, format, limits));
      // The schema above is of the JSON answer; a file goes out as it is.
      return reply
        .type(EXPORT_FORMATS[format].mediaType)
        .header('content-disposition', `attachment; filename="query.${format}"`)
        .send(file as never);
    },
  );
};
