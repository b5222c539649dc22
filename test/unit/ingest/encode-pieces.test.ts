import { describe, expect, it } from 'vitest';
import { encodePieces } from '../../../ingest/encode-pieces.ts';
import { INSERT_BYTES } from '../../../ingest/group-commit.ts';

describe('encodePieces', () => {
  it.each([
    ['nothing', []],
    ['one row', ['["a"]']],
    ['rows beyond Latin-1', ['["é"]', '["漢字"]', '["😀"]']],
    [
      'rows that need more room than there was at first',
      Array.from({ length: 5 }, (_, n) => `${'漢'.repeat(300_000)}${n}`),
    ],
  ])('writes %s as UTF-8, one after the other', (_, rows) => {
    const pieces = encodePieces('otel_traces', rows, (row) => row);
    expect(
      Buffer.concat(pieces.map((piece) => piece.rows)).equals(Buffer.from(rows.map((row) => `${row}\n`).join(''))),
    ).toBe(true);
  });

  it('begins a piece before a row that no longer fits, and gives each piece memory of its own', () => {
    const rows = ['a'.repeat(INSERT_BYTES - 10), 'b'.repeat(20), 'c'];
    const pieces = encodePieces('otel_traces', rows, (row) => row);
    expect(pieces.map((piece) => piece.rows.length)).toEqual([INSERT_BYTES - 9, 23]);
    expect(pieces.every(({ rows: bytes }) => bytes.byteLength === bytes.buffer.byteLength)).toBe(true);
  });
});
