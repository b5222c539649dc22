import { createHmac } from 'node:crypto';
import { request } from 'undici';
import { z } from 'zod';
import { isCoded } from '../../core/errors.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { AttemptResult, DeliveryContext, DestinationKind, Notification } from './destination-kind.ts';
import { parseInput } from './parse-input.ts';

const inputSchema = z.strictObject({
  kind: z.literal('webhook'),
  name: z.string().trim().min(1).max(100),
  url: z.string().min(1).max(2_000),
  secret: z.string().min(1).max(500),
});

/** Answers are not needed, only that they are whole; no more of one is read than this. */
const MOST_ANSWER_BYTES = 65_536;

/** Failures of the network by the codes of Node and undici; anything else is told in general terms. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'host not found',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'host unreachable',
  ETIMEDOUT: 'timed out',
  TimeoutError: 'timed out',
  UND_ERR_CONNECT_TIMEOUT: 'timed out',
  UND_ERR_SOCKET: 'connection closed early',
  UND_ERR_HEADERS_OVERFLOW: 'answer is not HTTP or too large',
  HTTPParserError: 'answer is not HTTP',
};

/** An HTTP POST of the alert, signed with a shared secret. */
export const webhook: DestinationKind = {
  kind: 'webhook',

  validate: async (input, network) => {
    const { name, url, secret } = parseInput(inputSchema, input);
    await network.checkUrl(url);
    return { name, settings: { url }, secrets: { secret } };
  },

  deliver: async ({ settings, secrets }, notification, context) => {
    try {
      return await post(settings['url'] ?? '', secrets['secret'] ?? '', notification, context);
    } catch (error) {
      return { status: 0, error: reasonOf(error) };
    }
  },
};

async function post(
  url: string,
  secret: string,
  { event, delivery_id, alert }: Notification,
  { network, clock, userAgent, timeoutMs }: DeliveryContext,
): Promise<AttemptResult> {
  const body = JSON.stringify({ event, delivery_id, ...alert });
  const answer = await request(network.parseUrl(url), {
    method: 'POST',
    dispatcher: network.dispatcher,
    headers: {
      'content-type': 'application/json',
      'user-agent': userAgent,
      'x-spanwarden-delivery': delivery_id,
      'x-spanwarden-event': event,
      'x-spanwarden-signature': sign(body, secret, Math.floor(clock() / 1000)),
    },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  });
  let size = 0;
  for await (const chunk of answer.body) {
    size += (chunk as Buffer).length;
    if (size > MOST_ANSWER_BYTES) break;
  }
  return judge(answer.statusCode, retryAfterMs(answer.headers['retry-after'], clock()));
}

/** `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">` */
function sign(body: string, secret: string, time: number): string {
  return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
}

function judge(status: number, retryAfter: number | undefined): AttemptResult {
  if (status >= 200 && status < 300) return { status, error: '' };
  if (status >= 300 && status < 400) return { status, error: 'redirects are not followed' };
  return { status, error: `answered ${status}`, retryAfterMs: retryAfter };
}

function reasonOf(error: unknown): string {
  if (isCoded(error)) return error.message;
  const { code, name, cause } = Object(error) as { code?: unknown; name?: unknown; cause?: unknown };
  if (isCoded(cause)) return cause.message;
  if (typeof code === 'string' && /^(ERR_TLS|CERT_|DEPTH_|SELF_SIGNED|UNABLE_)/.test(code))
    return 'certificate not valid';
  return REASONS[String(code)] ?? REASONS[String(name)] ?? 'request failed';
}
