import { type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished } from 'vitest';
import type { Span } from '../../../../engine/core/span.ts';
import type { OtlpEncoding } from '../../../../ingest/otlp/decode-export.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../../ingest/otlp/decode-limits.ts';
import { decodeTraces } from '../../../../ingest/otlp/decode-traces.ts';
import { createOtlpReceiver, type Exchange, type OtlpReceiverOptions } from '../../../../ingest/otlp/otlp-receiver.ts';
import { NOW_UNIX_MS } from './random-request.ts';
import { decodeToJson } from './reference.ts';
import { exportOf, type SampleSpan } from './sample-request.ts';

export interface ReceivedBatch {
  readonly org: string;
  readonly spans: Span[];
  readonly receivedBytes: number;
}

export interface TestReceiverOptions extends Partial<OtlpReceiverOptions> {
  /** Stands for the store. */
  readonly accept?: (batch: ReceivedBatch) => Promise<void>;
  readonly clock?: () => number;
}

export interface RunningReceiver {
  readonly url: string;
  readonly port: number;
  /** What was accepted so far. */
  readonly batches: ReceivedBatch[];
  readonly exchanges: Exchange[];
  readonly faults: unknown[];
  close(): Promise<void>;
}

/** Starts a receiver on a free port for the length of a test. By default it knows one org and stores everything. */
export async function startReceiver({
  accept,
  clock = () => NOW_UNIX_MS,
  ...options
}: TestReceiverOptions = {}): Promise<RunningReceiver> {
  const batches: ReceivedBatch[] = [];
  const exchanges: Exchange[] = [];
  const faults: unknown[] = [];
  const app = createOtlpReceiver({
    authenticate: async () => ({ org: 'acme' }),
    take: async ({ org, encoding, body }) => {
      const { spans, rejected, errors } = decodeTraces(body, encoding, DEFAULT_DECODE_LIMITS, clock);
      const batch = { org, spans, receivedBytes: body.length };
      if (spans.length > 0) await (accept ? accept(batch) : batches.push(batch));
      return { accepted: spans.length, rejected, errors };
    },
    observe: (exchange) => exchanges.push(exchange),
    reportFault: (error) => faults.push(error),
    ...options,
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => app.close());
  const { port } = app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, batches, exchanges, faults, close: () => app.close() };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Posts with node:http, whose errors and framing are plainer than those of fetch. No content-length makes it chunked. */
export function post(
  receiver: RunningReceiver,
  body: Uint8Array,
  headers: Record<string, string | number> = {},
  path = '/v1/traces',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({
      host: '127.0.0.1',
      port: receiver.port,
      path,
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', ...headers },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(chunks) });
      });
    });
    outgoing.end(body);
  });
}

/** Of each encoding. */
export const CONTENT_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;
/** Reads an answer in its own encoding, which must be that of the request. */
export function readReply(
  type: 'ExportTraceServiceResponse' | 'RpcStatus',
  encoding: OtlpEncoding,
  answer: Answer,
): unknown {
  expect(answer.headers['content-type']).toBe(CONTENT_TYPES[encoding]);
  return encoding === 'json' ? JSON.parse(answer.body.toString()) : decodeToJson(type, answer.body);
}

/** Posts these spans to a receiver. */
export function postSpans(
  receiver: RunningReceiver,
  encoding: OtlpEncoding,
  spans: SampleSpan[],
  headers: Record<string, string> = {},
) {
  return post(receiver, exportOf(encoding, spans), { 'content-type': CONTENT_TYPES[encoding], ...headers });
}
