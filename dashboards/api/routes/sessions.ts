import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { timeSchema } from '../../../engine/core/time-schema.ts';
import { may } from '../../auth/permissions.ts';
import { createContentAccess, recordOpened } from '../content-access.ts';
import { principalOf } from '../guard-access.ts';
import { cursorParameter, limitParameter, pageOf, readCursor, toPage, writeCursor } from '../page.ts';
import { type ContentSubject, ownSessionsSql } from '../queries/authors.ts';
import { readSessionSummary, sessionSummarySchema } from '../queries/session-summary.ts';
import { findSessions, readSession, sessionSchema } from '../queries/sessions.ts';
import { readSpanCursor } from '../queries/span-page.ts';
import { windowSql } from '../queries/span-window.ts';
import { readSpans, spanSchema } from '../queries/spans.ts';
import type { Routes } from '../route-group.ts';
import { createStructuralKeys } from '../structural-key.ts';
import { openingOf, openingSchema } from './break-glass.ts';

/** Spans that one answer holds at most; a longer session or trace says that it is cut and where it goes on. */
const MOST_SPANS = 2_000;

const id = z.string().min(1).max(300);
const contentReason = z.enum(['author', 'break-glass', 'hidden']).describe('Why content is shown, or that it is not');
const spans = {
  content: contentReason,
  spans: z.array(spanSchema),
  spans_truncated: z.boolean(),
  next_cursor: z.string().nullable(),
};
const further = z.strictObject({ cursor: cursorParameter });
const databaseTime = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{9}$/;

export const sessionRoutes: Routes = (app, services) => {
  const { store, clock } = services;
  const content = createContentAccess(services);
  const config = { permission: 'traces:own' } as const;
  const isStructuralKey = createStructuralKeys();

  app.get(
    '/api/v1/sessions',
    {
      config,
      schema: {
        querystring: z.strictObject({
          from: timeSchema.optional(),
          to: timeSchema.optional(),
          agent_id: z.string().max(500).optional(),
          user_id: z.string().max(500).optional(),
          tool: z.string().max(500).optional(),
          own: z.stringbool().default(false).describe('Those of the asker alone'),
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
      const principal = principalOf(request);
      const isOwnOnly = request.query.own || !may(principal.role, 'traces:read');
      const sessions = await findSessions(store, orgDatabase(principal.org), {
        window: windowSql({ from, to }, clock()),
        agent,
        user,
        tool,
        after,
        ...(isOwnOnly && { own: ownSessionsSql(await content.identitiesOf(principal)) }),
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
        querystring: further,
        response: {
          200: sessionSchema.extend({
            ...spans,
            summary: sessionSummarySchema.nullable(),
            opened: z.array(openingSchema).describe('To its author: who broke the glass for it'),
          }),
        },
      },
    },
    async (request) => {
      const principal = principalOf(request);
      const session = await readSession(store, orgDatabase(principal.org), request.params.id);
      if (!session) throw new CodedError('NOT_FOUND', 'There is no such session');
      const found = await read(request, { session: session.id }, request.query.cursor);
      const opened = found.content === 'author' ? await content.grantsOnOwn(principal, session.id) : [];
      const mayReadContent = found.content !== 'hidden' || (await content.inSql(principal));
      const summary = await readSessionSummary(store, orgDatabase(principal.org), session.id, mayReadContent);
      return { ...session, ...found, summary, opened: opened.map(openingOf) };
    },
  );

  app.get(
    '/api/v1/traces/:trace_id',
    {
      config,
      schema: {
        params: z.object({ trace_id: z.string().regex(/^[0-9a-fA-F]{32}$/, '32 hexadecimal digits') }),
        querystring: further,
        response: { 200: z.object({ trace_id: z.string(), ...spans }) },
      },
    },
    async (request) => {
      const trace = request.params.trace_id.toLowerCase();
      const found = await read(request, { trace }, request.query.cursor);
      if (found.spans.length === 0) throw new CodedError('NOT_FOUND', 'There is no such trace');
      return { trace_id: trace, ...found };
    },
  );

  async function read(request: FastifyRequest, subject: ContentSubject, cursor: string | undefined) {
    const principal = principalOf(request);
    const reason = await content.to(principal, subject);
    const { spans: found, next } = await readSpans(
      store,
      orgDatabase(principal.org),
      subject,
      { after: readSpanCursor(cursor), limit: MOST_SPANS },
      reason === 'hidden' ? isStructuralKey : undefined,
    );
    await recordOpened(services, request, reason, subject);
    return {
      content: reason,
      spans: found,
      spans_truncated: next !== undefined,
      next_cursor: next === undefined ? null : writeCursor(next),
    };
  }
};
