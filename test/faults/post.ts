import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import type { OtlpEncoding } from '../../ingest/otlp/decode-export.ts';
import type { Signal } from '../../ingest/otlp/signal.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;
const agent = new Agent({ keepAlive: true });

/**
 * Posts an export request with node:http, which says plainly what became of the connection. Rejects when no whole answer came.
 * The body's length is announced unless `headers` have it sent in chunks.
 */
export function post(
  otlp: string,
  encoding: OtlpEncoding,
  body: Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  signal: Signal = 'traces',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = 'transfer-encoding' in headers ? {} : { 'content-length': body.length };
    const outgoing = request(`${otlp}/v1/${signal}`, {
      method: 'POST',
      agent,
      headers: { 'content-type': TYPES[encoding], ...length, ...headers },
    });
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode!, headers: incoming.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.end(body);
  });
}
