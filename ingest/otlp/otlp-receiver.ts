import type { IncomingMessage, Server } from 'node:http';
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type Clock, systemClock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import { BodyBudget } from './body-budget.ts';
import { answerBrokenRequest } from './broken-request.ts';
import type { OtlpEncoding } from './decode-traces.ts';
import { exportTraceResponse } from './export-response.ts';
import { otlpEncodingOf } from './negotiate.ts';
import { type Progress, receiveTraces, type TraceSink } from './receive-traces.ts';
import { DEFAULT_RECEIVER_LIMITS, type ReceiverLimits } from './receiver-limits.ts';
import { refusalOf } from './refusal.ts';
import { type Refusal, rpcStatus } from './rpc-status.ts';

/** What became of one request, for counters. */
export interface Exchange extends Readonly<Progress> {
  readonly status: number;
  /** undefined for a content type that is not OTLP's. */
  readonly encoding: OtlpEncoding | undefined;
  readonly seconds: number;
}

export interface OtlpReceiverOptions extends TraceSink {
  readonly limits?: Partial<ReceiverLimits>;
  /** PEM; plain HTTP when undefined. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  readonly clock?: Clock;
  /** Hears of every export request when it is answered. */
  observe?(exchange: Exchange): void;
  /** Hears of every error that is a fault of ours or of what is behind us. */
  reportFault?(error: unknown): void;
}

const TRACES_PATH = '/v1/traces';
const OTHER_SIGNAL = /^\/v1(?:development)?\/(logs|metrics|profiles)$/;

/** How often the server looks for requests that are past their time. */
const TIMEOUT_CHECK_MS = 1_000;

const CLOSING_SWEEP_MS = 50;

/** Only counted, never sent: the sender closed the connection before its request was complete. */
const SENDER_GONE = 499;

/**
 * The OTLP/HTTP receiver for traces (opentelemetry-proto, docs/specification.md), without what stores them. Listen on it; close it
 * to stop: requests in flight are still answered, new ones on open connections get 503.
 *
 * Answers are never compressed: the largest is about a kilobyte.
 */
export function createOtlpReceiver(options: OtlpReceiverOptions): FastifyInstance {
  const limits: ReceiverLimits = { ...DEFAULT_RECEIVER_LIMITS, ...options.limits };
  const clock = options.clock ?? systemClock;
  const budget = new BodyBudget(limits.maxInFlightBytes);
  let closing = false;

  const app = newServer({ limits, tls: options.tls });
  app.addHook('preClose', async () => {
    closing = true;
    closeConnections(app.server, limits.requestTimeoutMs);
  });
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close');
  });
  app.setNotFoundHandler((request, reply) => {
    refuse(reply, otlpEncodingOf(request.headers) ?? 'json', wrongTarget(request.method, request.url, reply));
  });
  app.setErrorHandler(refuseHead);

  app.post(TRACES_PATH, async (request, reply) => {
    const started = performance.now();
    const encoding = otlpEncodingOf(request.headers);
    const progress: Progress = { org: '', wireBytes: 0, receivedBytes: 0, acceptedSpans: 0, rejectedSpans: 0 };
    let status = 200;
    try {
      if (closing) throw new CodedError('SHUTTING_DOWN', 'the receiver is shutting down: send the batch again later');
      if (encoding === undefined) throw unsupportedType();
      const traces = await receiveTraces(request.raw, encoding, progress, { sink: options, limits, budget, clock });
      answer(reply, encoding, 200, exportTraceResponse(encoding, traces.rejected, traces.errors));
    } catch (error) {
      const refusal = refusalOf(error);
      status = isGone(request.raw) ? SENDER_GONE : refusal.status;
      if (isFault(error) && status !== SENDER_GONE) options.reportFault?.(error);
      refuse(reply, encoding ?? 'json', refusal);
    }
    options.observe?.({ ...progress, status, encoding, seconds: (performance.now() - started) / 1000 });
    return reply;
  });
  return app;
}

function newServer({ limits, tls }: { limits: ReceiverLimits; tls: OtlpReceiverOptions['tls'] }): FastifyInstance {
  const app = fastify({
    ...(tls && { https: { ...tls, minVersion: 'TLSv1.2' } }),
    logger: false,
    // Answered below, in the encoding of the request.
    return503OnClosing: false,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    http: { headersTimeout: limits.headersTimeoutMs, connectionsCheckingInterval: TIMEOUT_CHECK_MS },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => refuseHead(error, request as FastifyRequest, reply),
  });
  app.server.maxConnections = limits.maxConnections;
  // Bodies are read by the handler, after authentication and within the budget.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
  return app;
}

/**
 * A server that is closing waits for its connections, but no longer looks after them itself: close those that fall idle, and at
 * last those of senders that would never finish.
 */
function closeConnections(server: Server, graceMs: number): void {
  const sweep = setInterval(() => server.closeIdleConnections(), CLOSING_SWEEP_MS);
  const deadline = setTimeout(() => server.closeAllConnections(), graceMs);
  server.once('close', () => {
    clearInterval(sweep);
    clearTimeout(deadline);
  });
}

/** Answers Fastify's own complaints, which are about the head of a request. */
function refuseHead(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const refusal = { status: error.statusCode ?? 500, message: 'the head of the request is not valid' };
  return refuse(reply, otlpEncodingOf(request.headers) ?? 'json', refusal);
}

function unsupportedType(): CodedError {
  return new CodedError(
    'UNSUPPORTED_MEDIA_TYPE',
    'the content type must be application/x-protobuf or application/json',
  );
}

function wrongTarget(method: string, url: string, reply: FastifyReply): Refusal {
  const path = url.split('?', 1)[0]!;
  if (path === TRACES_PATH) {
    reply.header('allow', 'POST');
    return { status: 405, message: `${TRACES_PATH} takes POST only` };
  }
  const signal = OTHER_SIGNAL.exec(path)?.[1];
  if (signal !== undefined && method === 'POST') {
    // Not 501 nor 503: a collector without a pipeline for a signal answers 404 too, and no sender tries that again.
    return { status: 404, message: `${signal} are not accepted here, only traces` };
  }
  return { status: 404, message: `there is nothing here: send traces to ${TRACES_PATH}` };
}

function refuse(reply: FastifyReply, encoding: OtlpEncoding, refusal: Refusal): FastifyReply {
  if (refusal.retryAfterSeconds !== undefined) reply.header('retry-after', refusal.retryAfterSeconds);
  if (refusal.status === 401) reply.header('www-authenticate', 'Bearer');
  if (refusal.status === 415) reply.header('accept-encoding', 'gzip, deflate, identity');
  return answer(reply, encoding, refusal.status, rpcStatus(encoding, refusal));
}

function answer(reply: FastifyReply, encoding: OtlpEncoding, status: number, body: Buffer): FastifyReply {
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf';
  return reply.code(status).header('content-type', type).send(body);
}

function isGone(request: IncomingMessage): boolean {
  return request.destroyed && !request.complete;
}

function isFault(error: unknown): boolean {
  return !(error instanceof CodedError) || (error.status >= 500 && error.code !== 'SHUTTING_DOWN');
}
