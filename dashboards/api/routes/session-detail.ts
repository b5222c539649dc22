import { z } from 'zod';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { createContentAccess, recordOpened } from '../content-access.ts';
import { principalOf } from '../guard-access.ts';
import { cursorParameter, writeCursor } from '../page.ts';
import { outlineSpanSchema, readOutline } from '../queries/outline.ts';
import { flowSchema, readFlows } from '../queries/provenance.ts';
import { readSpanCursor } from '../queries/span-page.ts';
import { readSpan, spanSchema } from '../queries/spans.ts';
import type { Routes } from '../route-group.ts';
import { createStructuralKeys } from '../structural-key.ts';

/** Spans of a page of an outline; a longer session says that it is cut and where it goes on. */
const MOST_SPANS = 20_000;

const byId = z.object({ id: z.string().min(1).max(300) });

/** A session for the eye: every span in short, one of them whole, and the ways that content took. */
export const sessionDetailRoutes: Routes = (app, services) => {
  const { store } = services;
  const content = createContentAccess(services);
  const config = { permission: 'traces:own' } as const;
  const isStructuralKey = createStructuralKeys();

  app.get(
    '/api/v1/sessions/:id/outline',
    {
      config,
      schema: {
        params: byId,
        querystring: z.strictObject({ cursor: cursorParameter }),
        response: {
          200: z.object({
            content: z.enum(['author', 'break-glass', 'hidden']),
            spans: z.array(outlineSpanSchema),
            spans_truncated: z.boolean(),
            next_cursor: z.string().nullable(),
          }),
        },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const subject = { session: request.params.id };
      const reason = await content.to(principal, subject);
      const database = orgDatabase(principal.org);
      const page = { after: readSpanCursor(request.query.cursor), limit: MOST_SPANS };
      const { spans, next } = await readOutline(store, database, subject.session, page, reason !== 'hidden');
      if (spans.length === 0) throw new CodedError('NOT_FOUND', 'There is no such session');
      await recordOpened(services, request, reason, subject);
      return {
        content: reason,
        spans,
        spans_truncated: next !== undefined,
        next_cursor: next === undefined ? null : writeCursor(next),
      };
    },
  );

  app.get(
    '/api/v1/sessions/:id/provenance',
    { config, schema: { params: byId, response: { 200: z.object({ flows: z.array(flowSchema) }) } } },
    async (request) => {
      const principal = principalOf(request);
      await content.to(principal, { session: request.params.id });
      return { flows: await readFlows(store, orgDatabase(principal.org), request.params.id) };
    },
  );

  app.get(
    '/api/v1/traces/:trace_id/spans/:span_id',
    {
      config,
      schema: {
        params: z.object({
          trace_id: z.string().regex(/^[0-9a-f]{32}$/, '32 hexadecimal digits'),
          span_id: z.string().regex(/^[0-9a-f]{16}$/, '16 hexadecimal digits'),
        }),
        response: { 200: spanSchema },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const { trace_id, span_id } = request.params;
      const subject = { trace: trace_id };
      const reason = await content.to(principal, subject);
      const keys = reason === 'hidden' ? isStructuralKey : undefined;
      const span = await readSpan(store, orgDatabase(principal.org), trace_id, span_id, keys);
      if (!span) throw new CodedError('NOT_FOUND', 'There is no such span');
      await recordOpened(services, request, reason, subject);
      return span;
    },
  );
};
