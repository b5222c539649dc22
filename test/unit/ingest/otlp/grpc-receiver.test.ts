import { Client, type ClientUnaryCall, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CodedError } from '../../../../engine/core/errors.ts';
import { createGrpcReceiver } from '../../../../ingest/otlp/grpc-receiver.ts';
import type { Exchange, OtlpReceiverOptions } from '../../../../ingest/otlp/otlp-receiver.ts';
import type { ExportRequest } from '../../../../ingest/otlp/receive-export.ts';
import { decodeToJson } from './reference.ts';
import { exportOf, sampleSpan } from './sample-request.ts';
import { selfSigned } from './self-signed.ts';

const SERVICE = 'opentelemetry.proto.collector';
const PATHS = {
  traces: `/${SERVICE}.trace.v1.TraceService/Export`,
  logs: `/${SERVICE}.logs.v1.LogsService/Export`,
  metrics: `/${SERVICE}.metrics.v1.MetricsService/Export`,
};
const BODY = exportOf('protobuf', [sampleSpan()]);

async function start(options: Partial<OtlpReceiverOptions> = {}) {
  const requests: ExportRequest[] = [];
  const exchanges: Exchange[] = [];
  const receiver = await createGrpcReceiver({
    authenticate: async () => ({ org: 'acme' }),
    take: async (request) => {
      requests.push(request);
      return { accepted: 1, rejected: 0, errors: [] };
    },
    observe: (exchange) => exchanges.push(exchange),
    ...options,
  });
  const url = await receiver.listen('127.0.0.1', 0);
  const secure =
    options.tls && credentials.createSsl(options.tls.cert, null, null, { checkServerIdentity: () => undefined });
  const client = new Client(`localhost:${new URL(url).port}`, secure ?? credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  });
  onTestFinished(async () => {
    client.close();
    await receiver.close();
  });
  const send = (body: Buffer, { path = PATHS.traces, headers = {}, deadline = 60_000 } = {}) =>
    new Promise<{ error: ServiceError | null; answer: Buffer | undefined }>((resolve) => {
      const metadata = new Metadata();
      for (const [key, value] of Object.entries(headers)) metadata.set(key, value as string);
      const asIs = (bytes: Buffer) => bytes;
      const call: ClientUnaryCall = client.makeUnaryRequest(
        path,
        asIs,
        asIs,
        body,
        metadata,
        { deadline: Date.now() + deadline },
        (error, answer) => resolve({ error, answer }),
      );
      call.on('error', () => {});
    });
  return { send, requests, exchanges, receiver, url };
}

/** The google.rpc.Status that a refusal carries. */
function statusDetails(error: ServiceError | null): { code: number; message: string; details?: { typeUrl: string }[] } {
  const [bytes] = error!.metadata.get('grpc-status-details-bin');
  return decodeToJson('RpcStatus', bytes as Buffer) as never;
}

describe('a call', () => {
  test.each(Object.entries(PATHS))('of %s reaches the pipeline as it was sent', async (signal, path) => {
    const { send, requests, exchanges } = await start();
    const { error, answer } = await send(BODY, { path });
    expect(error).toBeNull();
    expect(answer).toHaveLength(0);
    expect(requests).toEqual([{ signal, org: 'acme', encoding: 'protobuf', body: BODY }]);
    expect(exchanges).toMatchObject([
      { signal, status: 200, encoding: 'grpc', accepted: 1, receivedBytes: BODY.length },
    ]);
  });

  test('whose records are rejected in part says so', async () => {
    const { send } = await start({ take: async () => ({ accepted: 1, rejected: 2, errors: ['two were bad'] }) });
    const { answer } = await send(BODY);
    expect(decodeToJson('ExportTraceServiceResponse', answer!)).toEqual({
      partialSuccess: { rejectedSpans: '2', errorMessage: 'two were bad' },
    });
  });

  test('goes over TLS with the certificate of the other listeners', async () => {
    const { send, url } = await start({ tls: selfSigned() });
    expect(url).toMatch(/^https:/);
    expect((await send(BODY)).error).toBeNull();
  });

  test('gives its token on, and nobody else decides', async () => {
    const seen: (string | undefined)[] = [];
    const { send } = await start({
      authenticate: async (header) => {
        seen.push(header);
        return { org: 'acme' };
      },
    });
    await send(BODY, { headers: { authorization: 'Bearer abc' } });
    await send(BODY);
    expect(seen).toEqual(['Bearer abc', undefined]);
  });
});

const THE_STORE_IS_GONE = new CodedError('STORE_UNAVAILABLE', 'the store does not answer');

describe('a refusal', () => {
  test.each([
    [
      'UNAUTHENTICATED',
      false,
      { authenticate: async () => Promise.reject(new CodedError('UNAUTHENTICATED', 'no token')) },
    ],
    [
      'PERMISSION_DENIED',
      false,
      { authenticate: async () => Promise.reject(new CodedError('FORBIDDEN', 'not an ingest token')) },
    ],
    ['UNAVAILABLE', true, { authenticate: async () => Promise.reject(THE_STORE_IS_GONE) }],
    ['RESOURCE_EXHAUSTED', true, { take: async () => Promise.reject(new CodedError('OVERLOADED', 'too much')) }],
    ['UNAVAILABLE', true, { take: async () => Promise.reject(THE_STORE_IS_GONE) }],
    ['UNAVAILABLE', true, { take: async () => Promise.reject(new Error('a fault with content in it')) }],
    ['INVALID_ARGUMENT', false, { take: async () => Promise.reject(new CodedError('BAD_REQUEST', 'not protobuf')) }],
  ] as const)('is %s, with RetryInfo: %s', async (name, retry, options) => {
    const { send, exchanges } = await start(options as unknown as Partial<OtlpReceiverOptions>);
    const { error } = await send(BODY);
    expect(status[error!.code]).toBe(name);
    const details = statusDetails(error);
    expect(details.code).toBe(error!.code);
    expect(details.details?.some(({ typeUrl }) => typeUrl.endsWith('RetryInfo')) ?? false).toBe(retry);
    expect(error!.details).not.toContain('content in it');
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]!.status).toBeGreaterThanOrEqual(400);
  });

  test('comes before the message is read when the token is none', async () => {
    let taken = 0;
    const { send } = await start({
      authenticate: async () => Promise.reject(new CodedError('UNAUTHENTICATED', 'no token')),
      take: async () => ({ accepted: ++taken, rejected: 0, errors: [] }),
    });
    const { error } = await send(Buffer.alloc(4 * 1024 * 1024));
    expect(error!.code).toBe(status.UNAUTHENTICATED);
    expect(taken).toBe(0);
  });

  test('of a message beyond the limit is RESOURCE_EXHAUSTED, of another method UNIMPLEMENTED', async () => {
    const { send, requests } = await start({ limits: { maxGrpcMessageBytes: 100_000 } });
    const long = await send(Buffer.alloc(100_001));
    expect(long.error!.code).toBe(status.RESOURCE_EXHAUSTED);
    const other = await send(BODY, { path: `/${SERVICE}.profiles.v1.ProfilesService/Export` });
    expect(other.error!.code).toBe(status.UNIMPLEMENTED);
    expect(requests).toEqual([]);
    expect((await send(BODY)).error).toBeNull();
  });

  test('comes when all requests in flight together are too large, and passes', async () => {
    const gate = Promise.withResolvers<void>();
    const { send, requests } = await start({
      limits: { maxInFlightBytes: 200_000, maxGrpcMessageBytes: 150_000 },
      take: async (request) => {
        requestsTaken.push(request);
        await gate.promise;
        return { accepted: 1, rejected: 0, errors: [] };
      },
    });
    const requestsTaken: ExportRequest[] = [];
    const first = send(Buffer.alloc(150_000));
    while (requestsTaken.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const second = await send(Buffer.alloc(100_000));
    expect(second.error!.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(statusDetails(second.error).details![0]!.typeUrl).toMatch(/RetryInfo$/);
    gate.resolve();
    expect((await first).error).toBeNull();
    expect((await send(Buffer.alloc(100_000))).error).toBeNull();
    expect(requests).toEqual([]);
  });
});

test('a sender that does not go on does not keep its place', async () => {
  const { send, url, exchanges } = await start({
    limits: { maxInFlightBytes: 1_000, maxGrpcMessageBytes: 1_000, requestTimeoutMs: 500 },
  });
  const { connect } = await import('node:http2');
  const session = connect(url);
  onTestFinished(() => session.destroy());
  session.on('error', () => {});
  const slow = session.request({
    ':method': 'POST',
    ':path': PATHS.traces,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  slow.on('error', () => {});
  slow.write(Buffer.from([0, 0, 0]));
  const answered = new Promise((resolve) => slow.on('response', (headers) => resolve(headers['grpc-status'])));
  slow.resume();
  expect(Number(await answered)).toBe(status.RESOURCE_EXHAUSTED);
  expect((await send(BODY)).error).toBeNull();
  expect(exchanges.map((exchange) => exchange.status).sort()).toEqual([200, 429]);
});

test('closing answers what is under way and refuses the rest', async () => {
  const gate = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const { send, receiver } = await start({
    take: async () => {
      begun.resolve();
      await gate.promise;
      return { accepted: 1, rejected: 0, errors: [] };
    },
  });
  const underWay = send(BODY);
  await begun.promise;
  const closed = receiver.close();
  gate.resolve();
  expect((await underWay).error).toBeNull();
  await closed;
  expect((await send(BODY, { deadline: 2_000 })).error!.code).toBe(status.UNAVAILABLE);
});
