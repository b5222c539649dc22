import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { CodedError } from '../../engine/core/errors.ts';

export type ContentEncoding = 'identity' | 'gzip' | 'deflate';

export interface BodyLimits {
  /** Bytes as sent. */
  readonly maxBodyBytes: number;
  /** Bytes after decompression. */
  readonly maxInflatedBytes: number;
}

export interface Body {
  readonly bytes: Buffer;
  /** Bytes as sent. */
  readonly wireBytes: number;
}

/** Decompressed data comes in pieces of this size; zlib's own 16 KiB costs a turn of the event loop for each. */
const INFLATE_CHUNK = 64 * 1024;

/**
 * Reads a request's body to its end, decompressing on the way, so that neither limit is ever passed by more than one chunk.
 * `grow` hears of every new total of bytes held and may throw. Throws TOO_LARGE, BAD_REQUEST for broken compression, and
 * whatever `grow` throws; the rest of the body is then read and thrown away, so that the sender gets to see the answer. Throws
 * the stream's error when the sender goes away.
 */
export function readBody(
  request: IncomingMessage,
  encoding: ContentEncoding,
  limits: BodyLimits,
  grow: (bytes: number) => void,
): Promise<Body> {
  const decompressor = newDecompressor(encoding);
  const source = decompressor ?? request;
  const chunks: Buffer[] = [];
  let wireBytes = 0;
  let held = 0;

  return new Promise((resolve, reject) => {
    const stop = (error: unknown) => {
      request.off('data', countWire).off('close', onClose);
      source.off('data', keep).off('end', finish);
      if (decompressor !== undefined) {
        request.unpipe(decompressor);
        decompressor.destroy();
      }
      request.resume();
      reject(error);
    };
    const countWire = (chunk: Buffer) => {
      wireBytes += chunk.length;
      if (wireBytes > limits.maxBodyBytes) stop(bodyTooLarge(limits));
    };
    const keep = (chunk: Buffer) => {
      held += chunk.length;
      if (held > limits.maxInflatedBytes) return stop(inflatedTooLarge(limits));
      try {
        grow(held);
      } catch (error) {
        return stop(error);
      }
      chunks.push(chunk);
    };
    const finish = () => {
      request.off('close', onClose);
      resolve({ bytes: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, held), wireBytes });
    };
    const onClose = () => {
      if (!request.complete) stop(new Error('the sender closed the connection before the end of the body'));
    };

    // Closed while nobody listened yet.
    if (request.destroyed) return onClose();
    request.on('data', countWire).on('close', onClose).on('error', stop);
    source.on('data', keep).on('end', finish);
    if (decompressor !== undefined) {
      decompressor.on('error', () => stop(new CodedError('BAD_REQUEST', `the body is not valid ${encoding} data`)));
      request.pipe(decompressor);
    }
  });
}

export function bodyTooLarge(limits: BodyLimits): CodedError {
  return new CodedError('TOO_LARGE', `the body has more than ${limits.maxBodyBytes} bytes: send smaller batches`);
}

function inflatedTooLarge(limits: BodyLimits): CodedError {
  return new CodedError(
    'TOO_LARGE',
    `the body decompresses to more than ${limits.maxInflatedBytes} bytes: send smaller batches`,
  );
}

function newDecompressor(encoding: ContentEncoding): Transform | undefined {
  if (encoding === 'gzip') return createGunzip({ chunkSize: INFLATE_CHUNK });
  if (encoding === 'deflate') return createInflate({ chunkSize: INFLATE_CHUNK });
  return undefined;
}
