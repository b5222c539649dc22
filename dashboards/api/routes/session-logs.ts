import { z } from 'zod';
import { CodedError } from '../../../engine/core/errors.ts';
import { orgDatabase } from '../../../engine/core/org.ts';
import { createContentAccess, recordOpened } from '../content-access.ts';
import { principalOf } from '../guard-access.ts';
import { cursorParameter, limitParameter, pageOf, readCursor, toPage } from '../page.ts';
import { logSchema, readLogs } from '../queries/logs.ts';
import type { Routes } from '../route-group.ts';
import { createStructuralKeys } from '../structural-key.ts';

const POSITION = [/^-?\d{1,19}$/, /^[0-9a-f]{16}$/];

/** The log records of a session, those that became spans of it too. */
export const sessionLogRoutes: Routes = (app, services) => {
  const { store } = services;
  const content = createContentAccess(services);
  const isStructuralKey = createStructuralKeys();

  app.get(
    '/api/v1/sessions/:id/logs',
    {
      config: { permission: 'traces:own' },
      schema: {
        params: z.object({ id: z.string().min(1).max(300) }),
        querystring: z.strictObject({ cursor: cursorParameter, limit: limitParameter }),
        response: { 200: pageOf(logSchema).extend({ content: z.enum(['author', 'break-glass', 'hidden']) }) },
      },
    },
    async (request) => {
      const { cursor, limit } = request.query;
      const after = readCursor(cursor, POSITION.length);
      if (after?.every((part, index) => POSITION[index]!.test(part)) === false)
        throw new CodedError('BAD_REQUEST', 'The cursor is not one of this list', { extra: { field: 'cursor' } });
      const principal = principalOf(request);
      const subject = { session: request.params.id };
      const reason = await content.to(principal, subject);
      const keys = reason === 'hidden' ? isStructuralKey : undefined;
      const logs = await readLogs(store, orgDatabase(principal.org), subject.session, { after, limit }, keys);
      await recordOpened(services, request, reason, subject);
      return { ...toPage(logs, limit, (last) => [nanoseconds(last.at), last.id]), content: reason };
    },
  );
};

/** Of an RFC 3339 time with nine decimals, since 1970. */
function nanoseconds(at: string): string {
  const [seconds, fraction] = at.slice(0, -1).split('.');
  return String(BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt((fraction ?? '').padEnd(9, '0')));
}
