import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { CodedError } from '../../engine/core/errors.ts';
import { answer, refuse } from './answer.ts';
import { BodyBudget } from './body-budget.ts';
import type { OtlpEncoding } from './decode-traces.ts';
import { exportTraceResponse } from './export-response.ts';
import { otlpEncodingOf } from './negotiate.ts';
import { type Progress, receiveTraces, type TraceSink } from './receive-traces.ts';
import { DEFAULT_RECEIVER_LIMITS, type ReceiverLimits } from './receiver-limits.ts';
import { closeConnections, newReceiverServer, type TlsFiles } from './receiver-server.ts';
import { refusalOf } from './refusal.ts';
import type { Refusal } from './rpc-status.ts';

/** What became of one request, for counters. */
export interface Exchange extends Readonly<Progress> {
  readonly status: number;
  /** undefined for a content type that is not OTLP's. */
  readonly encoding: OtlpEncoding | undefined;
  readonly seconds: number;
}

export interface OtlpReceiverOptions extends TraceSink {
  readonly limits?: Partial<ReceiverLimits>;
  /** Plain HTTP when undefined. */
  readonly tls?: TlsFiles;
  /** Hears of every export request when it is answered. */
  observe?(exchange: Exchange): void;
  /** Hears of every error that is a fault of ours or of what is behind us. */
  reportFault?(error: unknown): void;
}

const TRACES_PATH = '/v1/traces';
const OTHER_SIGNAL = /^\/v1(?:development)?\/(logs|metrics|profiles)$/;

/** Only counted, never sent: the sender closed the connection before its request was complete. */
const SENDER_GONE = 499;

/**
 * The OTLP/HTTP receiver for traces (opentelemetry-proto, docs/specification.md), without what stores them. Listen on it; close it
 * to stop: requests in flight are still answered, new ones on open connections get 503.
 */
export function createOtlpReceiver(options: OtlpReceiverOptions): FastifyInstance {
  const limits: ReceiverLimits = { ...DEFAULT_RECEIVER_LIMITS, ...options.limits };
  const budget = new BodyBudget(limits.maxInFlightBytes);
  let closing = false;

  const app = newReceiverServer(limits, options.tls);
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

  app.post(TRACES_PATH, async (request, reply) => {
    const started = performance.now();
    const encoding = otlpEncodingOf(request.headers);
    const progress: Progress = { org: '', wireBytes: 0, receivedBytes: 0, acceptedSpans: 0, rejectedSpans: 0 };
    let status = 200;
    try {
      if (closing) throw new CodedError('SHUTTING_DOWN', 'the receiver is shutting down: send the batch again later');
      if (encoding === undefined) throw unsupportedType();
      const traces = await receiveTraces(request.raw, encoding, progress, { sink: options, limits, budget });
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

function isGone(request: IncomingMessage): boolean {
  return request.destroyed && !request.complete;
}

function isFault(error: unknown): boolean {
  return !(error instanceof CodedError) || (error.status >= 500 && error.code !== 'SHUTTING_DOWN');
}
