import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { CLOSE_REASONS } from '../core/alert.ts';
import { CodedError } from '../core/errors.ts';
import type { AlertAction } from './act-on-alert.ts';
import { SLACK_ACTIONS } from './destinations/slack.ts';
import { plainText } from './plain-text.ts';

/** How far a request's time may be from ours; Slack's own advice. */
const WINDOW_SECONDS = 300;

export interface SlackRequest {
  /** As it came: the signature is over these bytes. */
  readonly body: Buffer;
  readonly timestamp: string;
  readonly signature: string;
}

/** What somebody pressed. */
export interface SlackPress {
  readonly alertId: string;
  readonly action: AlertAction;
  /** `slack:<name> (<id>)` */
  readonly actor: string;
}

/** Throws UNAUTHENTICATED unless Slack signed the request under the app's secret within the last five minutes. */
export function verifySlackRequest({ body, timestamp, signature }: SlackRequest, secret: string, now: number): void {
  const recent = /^\d{1,12}$/.test(timestamp) && Math.abs(now / 1000 - Number(timestamp)) <= WINDOW_SECONDS;
  const expected = `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`;
  const given = Buffer.from(signature);
  const genuine = given.length === expected.length && timingSafeEqual(given, Buffer.from(expected));
  if (!recent || !genuine) throw new CodedError('UNAUTHENTICATED', 'The signature or its time is not valid');
}

const payloadSchema = z.object({
  type: z.literal('block_actions'),
  user: z.object({
    id: z.string().max(50),
    username: z.string().max(200).optional(),
    name: z.string().max(200).optional(),
  }),
  actions: z
    .array(
      z.object({
        action_id: z.string(),
        value: z.string().optional(),
        selected_option: z.object({ value: z.string() }).optional(),
      }),
    )
    .min(1),
});

/** What a verified request asks for. Throws BAD_REQUEST when it is not one of our buttons. */
export function readSlackPress(body: Buffer): SlackPress {
  const payload = parsePayload(new URLSearchParams(body.toString('utf8')).get('payload') ?? '');
  const [pressed] = payload.actions;
  const name = payload.user.username ?? payload.user.name ?? 'unknown';
  const actor = plainText(`slack:${name} (${payload.user.id})`, 200);
  if (pressed?.action_id === SLACK_ACTIONS.acknowledge && pressed.value !== undefined)
    return { alertId: pressed.value.slice(0, 100), action: { action: 'acknowledge' }, actor };
  const [alertId = '', chosen] = (pressed?.selected_option?.value ?? '').split(':');
  const reason = CLOSE_REASONS.find((candidate) => candidate === chosen);
  if (pressed?.action_id === SLACK_ACTIONS.close && reason !== undefined)
    return { alertId: alertId.slice(0, 100), action: { action: 'close', reason }, actor };
  throw new CodedError('BAD_REQUEST', 'The request is not one of the buttons');
}

function parsePayload(text: string): z.infer<typeof payloadSchema> {
  try {
    return payloadSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new CodedError('BAD_REQUEST', 'The payload is not an action of Slack’s', { cause: error });
  }
}
