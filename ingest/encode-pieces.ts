import { INSERT_BYTES } from './group-commit.ts';
import type { IngestTable, RowPiece } from './inspected.ts';

const FIRST_BYTES = 1024 * 1024;
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3;
const LINE_END = 10;

/** Rows of one table, a line each, in pieces that one insert can hold. */
export function encodePieces<Item>(
  table: IngestTable,
  items: readonly Item[],
  encode: (item: Item) => string,
): RowPiece[] {
  const pieces: RowPiece[] = [];
  // Row by row into bytes: one text of all rows would be copied twice more, and be twice as large for one letter beyond Latin-1.
  let bytes = Buffer.allocUnsafeSlow(0);
  let used = 0;
  let units = 0;
  const resized = (size: number): Buffer<ArrayBuffer> => Buffer.from(bytes.buffer.transfer(size));
  const close = (): void => {
    if (used > 0) pieces.push({ table, rows: new Uint8Array(resized(used).buffer) });
    bytes = Buffer.allocUnsafeSlow(0);
    used = 0;
    units = 0;
  };
  for (const item of items) {
    const row = encode(item);
    if (units + row.length > INSERT_BYTES) close();
    const needed = used + row.length * MOST_BYTES_A_UNIT + 1;
    if (needed > bytes.length) bytes = resized(Math.max(FIRST_BYTES, needed, bytes.length * 2));
    used += bytes.write(row, used);
    bytes[used++] = LINE_END;
    units += row.length + 1;
  }
  close();
  return pieces;
}
