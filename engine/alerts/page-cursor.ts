import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { AlertPosition } from '../core/alert.ts';
import { CodedError } from '../core/errors.ts';

const positionSchema = z.tuple([
  z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
  z.string().max(64),
  z.number().int().min(1).max(3).nullish(),
]);

/** A position in the list as an opaque word, signed together with the filter that it belongs to. */
export function writeCursor(position: AlertPosition, filter: string, key: Uint8Array): string {
  const body = Buffer.from(JSON.stringify([position.opened_at, position.id, position.rank])).toString('base64url');
  return `${body}.${signature(body, filter, key).toString('base64url')}`;
}

/** Throws BAD_REQUEST unless the word was written for the same filter under the same key. */
export function readCursor(cursor: string, filter: string, key: Uint8Array): AlertPosition {
  const [body = '', mac = ''] = cursor.split('.', 2);
  const given = Buffer.from(mac, 'base64url');
  const expected = signature(body, filter, key);
  if (given.length !== expected.length || !timingSafeEqual(given, expected) || cursor.split('.').length !== 2) {
    throw new CodedError(
      'BAD_REQUEST',
      'The cursor is not one of this list: take `next_cursor` as it came, with the same filter',
      {
        extra: { field: 'cursor' },
      },
    );
  }
  const [openedAt, id, rank] = positionSchema.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
  return { opened_at: openedAt, id, rank: rank ?? undefined };
}

function signature(body: string, filter: string, key: Uint8Array): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify(['alert-cursor', body, filter]))
    .digest()
    .subarray(0, 16);
}
