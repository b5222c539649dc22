import type { IncomingHttpHeaders } from 'node:http';
import { CodedError } from '../../engine/core/errors.ts';
import type { OtlpEncoding } from './decode-export.ts';
import type { ContentEncoding } from './read-body.ts';

/** The encoding that a content type names, parameters such as a charset aside. */
export function otlpEncodingOf(headers: IncomingHttpHeaders): OtlpEncoding | undefined {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-protobuf') return 'protobuf';
  if (type === 'application/json') return 'json';
  return undefined;
}

/** Throws UNSUPPORTED_MEDIA_TYPE for a compression that the receiver can't undo. */
export function contentEncodingOf(headers: IncomingHttpHeaders): ContentEncoding {
  const coding = headers['content-encoding']?.trim().toLowerCase() ?? '';
  if (coding === '' || coding === 'identity') return 'identity';
  if (coding === 'gzip' || coding === 'x-gzip') return 'gzip';
  if (coding === 'deflate') return 'deflate';
  throw new CodedError('UNSUPPORTED_MEDIA_TYPE', 'the content encoding must be gzip, deflate or identity');
}

/** The length of the body as sent, when its sender says it. */
export function contentLengthOf(headers: IncomingHttpHeaders): number {
  return Number(headers['content-length'] ?? 0);
}
