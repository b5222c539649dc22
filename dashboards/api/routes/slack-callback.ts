import { z } from 'zod';
import { readSlackPress, verifySlackRequest } from '../../../engine/alerts/slack-callback.ts';
import { CodedError, isCoded } from '../../../engine/core/errors.ts';
import type { Routes } from '../route-group.ts';

const MOST_BYTES = 262_144;

/**
 * Where Slack sends what people press in messages. No token: Slack signs each request with the secret of the destination that the
 * path names, and one that was signed more than five minutes ago counts for nothing. Pressing twice changes nothing.
 */
export const slackCallbackRoutes: Routes = (app, { alerts, clock }) => {
  // The signature is over the bytes, so they are kept as they came; in this scope alone.
  app.register(async (scope) => {
    const form = 'application/x-www-form-urlencoded';
    scope.addContentTypeParser(form, { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
      done(null, body),
    );
    scope.post<{ Params: { org: string; id: string } }>(
      '/api/v1/callbacks/slack/:org/:id',
      {
        config: { open: true },
        schema: { params: z.object({ org: z.string().max(60), id: z.string().max(100) }), consumes: [form] },
      },
      async (request, reply) => {
        const { org, id } = request.params;
        const refused = new CodedError('UNAUTHENTICATED', 'The signature or its time is not valid');
        // Whoever has no signature learns neither which orgs there are nor which destinations.
        if (!Buffer.isBuffer(request.body)) throw refused;
        const engine = await alerts(org).catch(() => Promise.reject(refused));
        const destination = await engine.destinations.open(id).catch((error: unknown) => {
          throw isCoded(error, 'NOT_FOUND') ? refused : error;
        });
        const secret = destination.kind === 'slack' ? destination.secrets['signing_secret'] : undefined;
        if (secret === undefined) throw refused;
        const { body, headers } = request;
        const timestamp = String(headers['x-slack-request-timestamp'] ?? '');
        verifySlackRequest({ body, timestamp, signature: String(headers['x-slack-signature'] ?? '') }, secret, clock());
        const { alertId, action, actor } = readSlackPress(body);
        // What somebody else did first is no failure of Slack's, which would show one.
        await engine.act(alertId, action, actor).catch((error: unknown) => {
          if (!isCoded(error, 'CONFLICT') && !isCoded(error, 'NOT_FOUND')) throw error;
        });
        return reply.code(200).send();
      },
    );
  });
};
