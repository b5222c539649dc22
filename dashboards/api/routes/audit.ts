import { z } from 'zod';
import { listAuditEntries } from '../../../engine/clickhouse/tables/audit-log.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { principalOf } from '../guard-access.ts';
import { cursorParameter, limitParameter, pageOf, readCursor, toPage } from '../page.ts';
import type { Routes } from '../route-group.ts';

const entrySchema = z.object({
  id: z.string(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.string(),
  address: z.string(),
});

export const auditRoutes: Routes = (app, { store }) => {
  app.get(
    '/api/v1/audit',
    {
      config: { permission: 'audit:read' },
      schema: {
        querystring: z.strictObject({
          action: z.string().max(100).optional(),
          subject: z.string().max(400).optional(),
          cursor: cursorParameter,
          limit: limitParameter,
        }),
        response: { 200: pageOf(entrySchema) },
      },
    },
    async (request) => {
      const { cursor, limit, ...filter } = request.query;
      const before = readCursor(cursor, 4);
      if (before && !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/.test(before[0]!)) {
        throw new CodedError('BAD_REQUEST', 'The cursor is not one of this list', { extra: { field: 'cursor' } });
      }
      const entries = await listAuditEntries(store, principalOf(request).org, filter, before, limit + 1);
      return toPage(entries, limit, ({ at, action, subject, id }) => [
        at.replace('T', ' ').replace('Z', ''),
        action,
        subject,
        id,
      ]);
    },
  );
};
