import { z } from 'zod';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { may } from '../../auth/permissions.ts';
import { principalOf } from '../guard-access.ts';
import { cursorParameter, limitParameter, pageOf, readCursor, timeParameter, toPage } from '../page.ts';
import { readSessionSummary, sessionSummarySchema } from '../queries/session-summary.ts';
import { findSessions, readSession, sessionSchema } from '../queries/sessions.ts';
import { windowSql } from '../queries/span-window.ts';
import { readSpans, spanSchema } from '../queries/spans.ts';
import type { Routes } from '../route-group.ts';
import { createStructuralKeys } from '../structural-key.ts';

/** Spans that one answer holds at most; a longer session or trace says that it is cut. */
const MOST_SPANS = 2_000;

const id = z.string().min(1).max(300);
const spans = { spans: z.array(spanSchema), spans_truncated: z.boolean() };
const databaseTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}$/;

export const sessionRoutes: Routes = (app, { store, clock }) => {
  const config = { permission: 'traces:read' } as const;
  const isStructuralKey = createStructuralKeys();

  app.get(
    '/api/v1/sessions',
    {
      config,
      schema: {
        querystring: z.strictObject({
          from: timeParameter.optional(),
          to: timeParameter.optional(),
          agent_id: z.string().max(500).optional(),
          user_id: z.string().max(500).optional(),
          tool: z.string().max(500).optional(),
          cursor: cursorParameter,
          limit: limitParameter,
        }),
        response: { 200: pageOf(sessionSchema) },
      },
    },
    async (request) => {
      const { from, to, agent_id: agent, user_id: user, tool, cursor, limit } = request.query;
      const after = readCursor(cursor, 2);
      if (after && !databaseTime.test(after[0]!))
        throw new CodedError('BAD_REQUEST', 'The cursor is not one of this list');
      const sessions = await findSessions(store, orgDatabase(principalOf(request).org), {
        window: windowSql({ from, to }, clock()),
        agent,
        user,
        tool,
        after,
        limit: limit + 1,
      });
      return toPage(sessions, limit, (last) => [last.started_at.replace('T', ' ').replace('Z', ''), last.id]);
    },
  );

  app.get(
    '/api/v1/sessions/:id',
    {
      config,
      schema: {
        params: z.object({ id }),
        response: { 200: sessionSchema.extend({ ...spans, summary: sessionSummarySchema.nullable() }) },
      },
    },
    async (request) => {
      const { org, role } = principalOf(request);
      const session = await readSession(store, orgDatabase(org), request.params.id);
      if (!session) throw new CodedError('NOT_FOUND', 'There is no such session');
      const found = await read(org, role, { session: session.id });
      const summary = await readSessionSummary(store, orgDatabase(org), session.id, may(role, 'content:read'));
      return { ...session, ...found, summary };
    },
  );

  app.get(
    '/api/v1/traces/:trace_id',
    {
      config,
      schema: {
        params: z.object({ trace_id: z.string().regex(/^[0-9a-fA-F]{32}$/, '32 hexadecimal digits') }),
        response: { 200: z.object({ trace_id: z.string(), ...spans }) },
      },
    },
    async (request) => {
      const { org, role } = principalOf(request);
      const trace = request.params.trace_id.toLowerCase();
      const found = await read(org, role, { trace });
      if (found.spans.length === 0) throw new CodedError('NOT_FOUND', 'There is no such trace');
      return { trace_id: trace, ...found };
    },
  );

  async function read(org: string, role: string, of: Parameters<typeof readSpans>[2]) {
    const found = await readSpans(
      store,
      orgDatabase(org),
      of,
      MOST_SPANS + 1,
      may(role, 'content:read') ? undefined : isStructuralKey,
    );
    return { spans: found.slice(0, MOST_SPANS), spans_truncated: found.length > MOST_SPANS };
  }
};
