import type { Metadata, Server, ServerInterceptor, ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import { CodedError } from '../../engine/core/errors.ts';
import { BodyBudget, type Reservation } from './body-budget.ts';
import { exportResponse } from './export-response.ts';
import type { OtlpReceiverOptions } from './otlp-receiver.ts';
import { ReaderSlots } from './reader-slots.ts';
import { authenticate, newProgress, type Progress, type Sender, take } from './receive-export.ts';
import { DEFAULT_RECEIVER_LIMITS, type ReceiverLimits } from './receiver-limits.ts';
import { isFault, refusalOf } from './refusal.ts';
import { codeOf, type Refusal, rpcStatus } from './rpc-status.ts';
import type { Signal } from './signal.ts';

const SERVICES: Readonly<Record<Signal, string>> = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
};

/** Only counted: the call ended before it was answered. */
const SENDER_GONE = 499;

/** Calls of one connection at a time; exporters use one or two. */
const STREAMS_OF_A_CONNECTION = 256;

/** What is known of a call; filled on the way. */
interface Call {
  readonly signal: Signal;
  readonly started: number;
  readonly progress: Progress;
  /** Nobody yet while the call is not authenticated, when no handler sees it. */
  sender: Sender;
  /** Ends waiting for a slot, and gives it back. */
  readonly over: AbortController;
  /** Its message is being read. */
  reading: boolean;
  answered: boolean;
}

export interface GrpcReceiver {
  /** Answers the receiver's base URL. */
  listen(host: string, port: number): Promise<string>;
  /** Requests in flight are still answered, new ones get UNAVAILABLE. */
  close(): Promise<void>;
}

/**
 * OTLP over gRPC: the same pipeline, tokens and limits as over HTTP, with gRPC's own statuses. A call is authenticated before its
 * message is read. Messages go to the pipeline as they are.
 */
export async function createGrpcReceiver(options: OtlpReceiverOptions): Promise<GrpcReceiver> {
  // Loaded here: what only sends or tests over HTTP need not wait for it.
  const grpc = await import('@grpc/grpc-js');
  const limits: ReceiverLimits = { ...DEFAULT_RECEIVER_LIMITS, ...options.limits };
  const budget = options.budget ?? new BodyBudget(limits.maxInFlightBytes);
  const slots = new ReaderSlots(Math.max(1, Math.floor(limits.maxInFlightBytes / limits.maxGrpcMessageBytes)));
  // A call's metadata is the only thing that its interceptor and its handler both see.
  const calls = new WeakMap<Metadata, Call>();
  let closing = false;

  function refused(refusal: Refusal) {
    const metadata = new grpc.Metadata();
    metadata.set('grpc-status-details-bin', rpcStatus('protobuf', refusal));
    return { code: codeOf(refusal), details: refusal.message, metadata };
  }

  function observe(call: Call, status: number): void {
    if (call.answered) return;
    call.answered = true;
    const seconds = (performance.now() - call.started) / 1000;
    options.observe?.({ ...call.progress, signal: call.signal, status, encoding: 'grpc', seconds });
  }

  function refuse(call: Call, error: unknown) {
    const refusal = refusalOf(error);
    if (isFault(error)) options.reportFault?.(error);
    observe(call, refusal.status);
    return refused(refusal);
  }

  /** Lets a call in, so that its message is read. */
  async function admit(call: Call, metadata: Metadata): Promise<void> {
    if (closing) throw new CodedError('SHUTTING_DOWN', 'the receiver is shutting down: send the batch again later');
    const [authorization] = metadata.get('authorization');
    call.sender = await authenticate(options, authorization?.toString());
    call.progress.org = call.sender.org;
    const { signal } = call.over;
    const slot = await slots.acquire(signal);
    call.reading = true;
    if (signal.aborted) slot.release();
    else signal.addEventListener('abort', slot.release, { once: true });
  }

  const interceptor: ServerInterceptor = (method, inner) => {
    const over = new AbortController();
    const call: Call = {
      signal: signalOf(method.path),
      started: performance.now(),
      progress: newProgress(),
      sender: { org: '' },
      over,
      reading: false,
      answered: false,
    };
    const end = (error: CodedError) => {
      clearTimeout(slow);
      over.abort(error);
    };
    const slow = setTimeout(() => {
      const error = new CodedError('OVERLOADED', 'the message took too long to come in: send the batch again later');
      end(error);
      if (call.reading) inner.sendStatus(refuse(call, error));
    }, limits.requestTimeoutMs);
    over.signal.addEventListener('abort', () => clearTimeout(slow), { once: true });
    return new grpc.ServerInterceptingCall(inner, {
      start(next) {
        const listener = new grpc.ServerListenerBuilder()
          .withOnReceiveMetadata((metadata, proceed) => {
            calls.set(metadata, call);
            admit(call, metadata).then(
              () => proceed(metadata),
              (error) => {
                end(error);
                inner.sendStatus(refuse(call, error));
              },
            );
          })
          // Also when gRPC itself answered: too long, not to be decompressed, past its deadline.
          .withOnCancel(() => {
            observe(call, SENDER_GONE);
            end(new CodedError('BAD_REQUEST', 'the call was cancelled'));
          })
          .build();
        next(listener);
      },
    });
  };

  async function handle(call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): Promise<void> {
    const known = calls.get(call.metadata)!;
    const body = call.request;
    let reservation: Reservation | undefined;
    try {
      known.over.abort();
      known.progress.receivedBytes = body.length;
      reservation = budget.reserve(body.length);
      const { signal, progress } = known;
      const { org, gateway: fromGateway } = known.sender;
      const taken = await take(options, { signal, org, encoding: 'protobuf', body, fromGateway }, progress);
      observe(known, 200);
      callback(null, exportResponse(signal, 'protobuf', taken.rejected, taken.errors));
    } catch (error) {
      callback(refuse(known, error));
    } finally {
      reservation?.release();
    }
  }

  const server = new grpc.Server({
    interceptors: [interceptor],
    'grpc.max_receive_message_length': limits.maxGrpcMessageBytes,
    'grpc.max_concurrent_streams': STREAMS_OF_A_CONNECTION,
  });
  for (const service of Object.values(SERVICES)) {
    server.addService({ Export: rawMethod(`/${service}/Export`) }, { Export: handle });
  }
  const credentials = options.tls
    ? grpc.ServerCredentials.createSsl(
        options.tls.ca ?? null,
        [{ cert_chain: options.tls.cert, private_key: options.tls.key }],
        options.tls.requestCert ?? false,
      )
    : grpc.ServerCredentials.createInsecure();

  return {
    listen: async (host, port) => {
      const address = host.includes(':') ? `[${host}]` : host;
      const bound = await bind(server, `${address}:${port}`, credentials);
      return `${options.tls ? 'https' : 'http'}://${address}:${bound}`;
    },
    close: () => {
      closing = true;
      return shutDown(server, limits.requestTimeoutMs);
    },
  };
}

/** Bytes in, bytes out. */
function rawMethod(path: string) {
  const asIs = (bytes: Buffer): Buffer => bytes;
  return {
    path,
    requestStream: false as const,
    responseStream: false as const,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  };
}

function signalOf(path: string): Signal {
  if (path.includes(SERVICES.logs)) return 'logs';
  return path.includes(SERVICES.metrics) ? 'metrics' : 'traces';
}

function bind(server: Server, address: string, credentials: Parameters<Server['bindAsync']>[1]): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, credentials, (error, port) => {
      if (error === null) resolve(port);
      else reject(Object.assign(error, { code: /\bE[A-Z]{4,}\b/.exec(error.message)?.[0] }));
    });
  });
}

function shutDown(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(() => server.forceShutdown(), graceMs);
    server.tryShutdown(() => {
      clearTimeout(deadline);
      resolve();
    });
  });
}
