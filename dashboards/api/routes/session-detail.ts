import { z } from 'zod';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { may } from '../../auth/permissions.ts';
import { principalOf } from '../guard-access.ts';
import { outlineSpanSchema, readOutline } from '../queries/outline.ts';
import { flowSchema, readFlows } from '../queries/provenance.ts';
import { readSpan, spanSchema } from '../queries/spans.ts';
import type { Routes } from '../route-group.ts';
import { createStructuralKeys } from '../structural-key.ts';

/** Spans of an outline; a longer session says that it is cut. */
const MOST_SPANS = 20_000;

const byId = z.object({ id: z.string().min(1).max(300) });

/** A session for the eye: every span in short, one of them whole, and the ways that content took. */
export const sessionDetailRoutes: Routes = (app, { store }) => {
  const config = { permission: 'traces:read' } as const;
  const isStructuralKey = createStructuralKeys();

  app.get(
    '/api/v1/sessions/:id/outline',
    {
      config,
      schema: {
        params: byId,
        response: { 200: z.object({ spans: z.array(outlineSpanSchema), spans_truncated: z.boolean() }) },
      },
    },
    async (request) => {
      const { org, role } = principalOf(request);
      const mayReadContent = may(role, 'content:read');
      const spans = await readOutline(store, orgDatabase(org), request.params.id, MOST_SPANS + 1, mayReadContent);
      if (spans.length === 0) throw new CodedError('NOT_FOUND', 'There is no such session');
      return { spans: spans.slice(0, MOST_SPANS), spans_truncated: spans.length > MOST_SPANS };
    },
  );

  app.get(
    '/api/v1/sessions/:id/provenance',
    { config, schema: { params: byId, response: { 200: z.object({ flows: z.array(flowSchema) }) } } },
    async (request) => ({
      flows: await readFlows(store, orgDatabase(principalOf(request).org), request.params.id),
    }),
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
      const { org, role } = principalOf(request);
      const { trace_id, span_id } = request.params;
      const keys = may(role, 'content:read') ? undefined : isStructuralKey;
      const span = await readSpan(store, orgDatabase(org), trace_id, span_id, keys);
      if (!span) throw new CodedError('NOT_FOUND', 'There is no such span');
      return span;
    },
  );
};
