import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../../engine/core/errors.ts';
import { answer, refuse } from './answer.ts';
import { BodyBudget } from './body-budget.ts';
import type { OtlpEncoding } from './decode-export.ts';
import { exportResponse } from './export-response.ts';
import { otlpEncodingOf } from './negotiate.ts';
import { type ExportSink, newProgress, type Progress, receiveExport } from './receive-export.ts';
import { DEFAULT_RECEIVER_LIMITS, type ReceiverLimits } from './receiver-limits.ts';
import { closeConnections, newReceiverServer, type TlsFiles } from './receiver-server.ts';
import { isFault, refusalOf } from './refusal.ts';
import type { Refusal } from './rpc-status.ts';
import type { Signal } from './signal.ts';

/** What became of one request, for counters. */
export interface Exchange extends Readonly<Progress> {
  readonly signal: Signal;
  /** HTTP status; of gRPC the one that stands for its own. */
  readonly status: number;
  /** undefined for a content type that is not OTLP's. */
  readonly encoding: OtlpEncoding | 'grpc' | undefined;
  readonly seconds: number;
}

export interface OtlpReceiverOptions extends ExportSink {
  readonly limits?: Partial<ReceiverLimits>;
  /** Shared with other receivers; one of its own when left out. */
  readonly budget?: BodyBudget;
  /** Plain HTTP when undefined. */
  readonly tls?: TlsFiles;
  /** Hears of every export request when it is answered. */
  observe?(exchange: Exchange): void;
  /** Hears of every error that is a fault of ours or of what is behind us. */
  reportFault?(error: unknown): void;
}

const PATHS: Readonly<Record<Signal, string>> = { traces: '/v1/traces', logs: '/v1/logs', metrics: '/v1/metrics' };
const OTHER_SIGNAL = /^\/v1(?:development)?\/profiles$/;

/** Only counted, never sent: the sender closed the connection before its request was complete. */
const SENDER_GONE = 499;

/**
 * The OTLP/HTTP receiver for traces, logs and metrics (opentelemetry-proto, docs/specification.md), without what stores them. Listen on it; close it
 * to stop: requests in flight are still answered, new ones on open connections get 503.
 */
export function createOtlpReceiver(options: OtlpReceiverOptions): FastifyInstance {
  const limits: ReceiverLimits = { ...DEFAULT_RECEIVER_LIMITS, ...options.limits };
  const budget = options.budget ?? new BodyBudget(limits.maxInFlightBytes);
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

  const exported = async (signal: Signal, request: FastifyRequest, reply: FastifyReply) => {
    const started = performance.now();
    const encoding = otlpEncodingOf(request.headers);
    const progress = newProgress();
    let status = 200;
    try {
      if (closing) throw new CodedError('SHUTTING_DOWN', 'the receiver is shutting down: send the batch again later');
      if (encoding === undefined) throw unsupportedType();
      const taken = await receiveExport(signal, request.raw, encoding, progress, { sink: options, limits, budget });
      answer(reply, encoding, 200, exportResponse(signal, encoding, taken.rejected, taken.errors));
    } catch (error) {
      const refusal = refusalOf(error);
      status = isGone(request.raw) ? SENDER_GONE : refusal.status;
      if (isFault(error) && status !== SENDER_GONE) options.reportFault?.(error);
      refuse(reply, encoding ?? 'json', refusal);
    }
    options.observe?.({ ...progress, signal, status, encoding, seconds: (performance.now() - started) / 1000 });
    return reply;
  };
  for (const [signal, path] of Object.entries(PATHS)) {
    app.post(path, (request, reply) => exported(signal as Signal, request, reply));
  }
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
  if (Object.values(PATHS).includes(path)) {
    reply.header('allow', 'POST');
    return { status: 405, message: `${path} takes POST only` };
  }
  if (OTHER_SIGNAL.test(path) && method === 'POST') {
    // Not 501 nor 503: a collector without a pipeline for a signal answers 404 too, and no sender tries that again.
    return { status: 404, message: 'profiles are not accepted here, only traces, logs and metrics' };
  }
  return { status: 404, message: `there is nothing here: send to ${Object.values(PATHS).join(', ')}` };
}

function isGone(request: IncomingMessage): boolean {
  return request.destroyed && !request.complete;
}
