import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip, zstdCompress, zstdDecompress } from 'node:zlib';
import { CodedError } from '../../engine/core/errors.ts';
import type { OtlpEncoding } from '../otlp/decode-export.ts';
import type { Signal } from '../otlp/signal.ts';

/** How the body of a message is compressed. */
export const CODECS = ['zstd', 'gzip', 'none'] as const;
export type Codec = (typeof CODECS)[number];

/** Part of an export request on its way through Kafka. */
export interface ExportMessage {
  readonly org: string;
  readonly signal: Signal;
  readonly encoding: OtlpEncoding;
  /** '' for signals without one. */
  readonly traceId: string;
  /** How many records it holds. */
  readonly items: number;
  readonly fromGateway?: boolean | undefined;
  readonly body: Uint8Array;
}

/** A message as a client for Kafka takes it. */
export interface PackedMessage {
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is read off the headers of a message, without its body. */
export interface MessageHead {
  readonly org: string;
  readonly signal: Signal;
  readonly encoding: OtlpEncoding;
  readonly codec: Codec;
  readonly fromGateway: boolean;
}

const FORMAT = '1';
/** Below it compressing saves less than it costs. */
const LEAST_COMPRESSED = 512;
/** A receiver takes no larger body, so no honest message unpacks to more. */
export const MOST_UNPACKED = 64 * 1024 * 1024;
/** Bytes of a message beside key and value: headers, lengths, times. */
export const MESSAGE_OVERHEAD = 256;

const zstd = promisify(zstdCompress);
const unzstd = promisify(zstdDecompress);
const zip = promisify(gzip);
const unzip = promisify(gunzip);

/**
 * Bodies are compressed one by one, not in Kafka's record batches: then what a fetch returns is as large as it was on the wire, and each
 * body is unpacked under a limit, on a worker's thread.
 */
export async function packMessage(message: ExportMessage, wanted: Codec): Promise<PackedMessage> {
  const codec = message.body.length < LEAST_COMPRESSED ? 'none' : wanted;
  return {
    // What has no trace has no order to keep, and is spread.
    key: Buffer.from(`${message.org}/${message.traceId || randomUUID()}`),
    value: await compress(message.body, codec),
    headers: {
      format: FORMAT,
      org: message.org,
      signal: message.signal,
      encoding: message.encoding,
      codec,
      items: String(message.items),
      ...(message.fromGateway === true && { gateway: '1' }),
    },
  };
}

/** Throws BAD_REQUEST for what no Spanwarden of this version wrote. */
export function readHead(headers: Readonly<Record<string, unknown>> | undefined): MessageHead {
  const text = (name: string) => String(headers?.[name] ?? '');
  const [format, org, signal, encoding, codec] = ['format', 'org', 'signal', 'encoding', 'codec'].map(text);
  const known =
    format === FORMAT &&
    (signal === 'traces' || signal === 'logs' || signal === 'metrics') &&
    (encoding === 'protobuf' || encoding === 'json') &&
    CODECS.some((name) => name === codec);
  if (!known) throw new CodedError('BAD_REQUEST', 'the message is of a kind or version that is not known here');
  return {
    org: org!,
    signal: signal as Signal,
    encoding: encoding as OtlpEncoding,
    codec: codec as Codec,
    fromGateway: text('gateway') === '1',
  };
}

/** Throws BAD_REQUEST when the body can't be unpacked or is too large then. */
export async function unpackBody(value: Uint8Array, codec: Codec): Promise<Uint8Array> {
  if (codec === 'none') return value;
  const unpack = codec === 'zstd' ? unzstd : unzip;
  try {
    return await unpack(value, { maxOutputLength: MOST_UNPACKED });
  } catch (error) {
    throw new CodedError('BAD_REQUEST', 'the body of the message cannot be unpacked', { cause: error });
  }
}

async function compress(body: Uint8Array, codec: Codec): Promise<Buffer> {
  if (codec === 'zstd') return zstd(body);
  if (codec === 'gzip') return zip(body, { level: 1 });
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}
