import { createHmac } from 'node:crypto';
import { z } from 'zod';
import type { Notification } from '../../core/notification.ts';
import { commonInput, commonSettings, type DestinationKind } from './destination-kind.ts';
import { httpRequest } from './http-request.ts';
import { parseInput } from './parse-input.ts';

const inputSchema = z.strictObject({
  ...commonInput,
  kind: z.literal('webhook'),
  url: z.string().min(1).max(2_000),
  secret: z.string().min(1).max(500),
});

/** An HTTP POST of the alert, signed with a shared secret. */
export const webhook: DestinationKind = {
  kind: 'webhook',
  // A program reads it; the limit is there for storms alone.
  ratePerMinute: 900,

  validate: async (input, network) => {
    const { name, url, secret, ...common } = parseInput(inputSchema, input);
    await network.checkUrl(url);
    return { name, settings: { url, ...commonSettings(common) }, secrets: { secret } };
  },

  deliver: async ({ settings, secrets }, notification, context) => {
    const body = JSON.stringify(bodyOf(notification));
    const headers = {
      'content-type': 'application/json',
      'x-spanwarden-delivery': notification.delivery_id,
      'x-spanwarden-event': notification.event,
      'x-spanwarden-signature': sign(body, secrets['secret'] ?? '', Math.floor(context.clock() / 1000)),
    };
    return httpRequest({ url: settings['url'] ?? '', headers, body }, context);
  },
};

function bodyOf({ event, delivery_id, subject }: Notification): unknown {
  switch (subject.kind) {
    case 'alert':
      return { event, delivery_id, ...subject.alert };
    case 'summary':
      return { event, delivery_id, ...subject.summary };
    case 'notice':
      return { event, delivery_id, ...subject.notice };
  }
}

/** `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">` */
function sign(body: string, secret: string, time: number): string {
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}
