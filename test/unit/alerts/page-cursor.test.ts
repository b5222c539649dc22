import { describe, expect, test } from 'vitest';
import { readCursor, writeCursor } from '../../../engine/alerts/page-cursor.ts';

const key = new Uint8Array(32).fill(7);
const position = { opened_at: '2026-11-20 10:00:00.123456', id: 'abc' };
const cursor = writeCursor(position, 'open', key);

describe('a page cursor', () => {
  test('comes back as it was written', () => {
    expect(readCursor(cursor, 'open', key)).toEqual(position);
    expect(cursor).toMatch(/^[\w.-]+$/);
  });

  const flipped = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
  const forged = `${Buffer.from('["2026-11-20 10:00:00.000000","x"]').toString('base64url')}.${cursor.split('.')[1]}`;
  test.each([
    ['empty', '', 'open', key],
    ['of another filter', cursor, 'closed', key],
    ['of another key', cursor, 'open', new Uint8Array(32)],
    ['changed in one letter', flipped, 'open', key],
    ['forged under a seen signature', forged, 'open', key],
    ['without its signature', cursor.split('.')[0]!, 'open', key],
    ['with something behind it', `${cursor}.x`, 'open', key],
    ['garbage', '💥'.repeat(20), 'open', key],
  ])('is refused when %s', (_, text, filter, withKey) => {
    expect(() => readCursor(text, filter, withKey)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }));
  });
});
