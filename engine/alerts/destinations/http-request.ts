import { request } from 'undici';
import { isCoded } from '../../core/errors.ts';
import { retryAfterMs } from '../retry-after.ts';
import type { AttemptResult, DeliveryContext } from './destination-kind.ts';

/** No more of an answer is read than this. */
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

export interface HttpRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answer of a request; `text` is its beginning. */
export type HttpAnswer = AttemptResult & { readonly text: string };

/** One request through the guarded network. No redirect is followed; whatever goes wrong is a result, not an exception. */
export async function httpRequest(
  { url, method = 'POST', headers, body }: HttpRequest,
  { network, clock, userAgent, timeoutMs }: DeliveryContext,
): Promise<HttpAnswer> {
  try {
    const answer = await request(network.parseUrl(url), {
      method,
      dispatcher: network.dispatcher,
      headers: { 'user-agent': userAgent, ...headers },
      ...(body !== undefined && { body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body) {
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > MOST_ANSWER_BYTES) break;
    }
    const text = Buffer.concat(chunks).toString('utf8').slice(0, MOST_ANSWER_BYTES);
    return { ...judge(answer.statusCode, retryAfterMs(answer.headers['retry-after'], clock())), text };
  } catch (error) {
    return { status: 0, error: networkReason(error), text: '' };
  }
}

/** The same with a JSON body. */
export function postJson(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
  context: DeliveryContext,
): Promise<HttpAnswer> {
  const request = {
    url,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
  return httpRequest(request, context);
}

/** The answer's JSON object; an empty one when it is none. */
export function answeredObject({ text }: HttpAnswer): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function judge(status: number, retryAfter: number | undefined): AttemptResult {
  if (status >= 200 && status < 300) return { status, error: '' };
  if (status >= 300 && status < 400) return { status, error: 'redirects are not followed' };
  return { status, error: `answered ${status}`, retryAfterMs: retryAfter };
}

/** Why a connection failed, without anything of the other side's words. */
export function networkReason(error: unknown): string {
  if (isCoded(error)) return error.message;
  const { code, name, cause } = Object(error) as { code?: unknown; name?: unknown; cause?: unknown };
  if (isCoded(cause)) return cause.message;
  if (typeof code === 'string' && /^(ERR_TLS|CERT_|DEPTH_|SELF_SIGNED|UNABLE_)/.test(code))
    return 'certificate not valid';
  return REASONS[String(code)] ?? REASONS[String(name)] ?? 'request failed';
}
