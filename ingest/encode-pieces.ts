import { INSERT_BYTES } from './group-commit.ts';
import type { IngestTable, RowPiece } from './inspected.ts';

const FIRST_BYTES = 1024 * 1024;
/** UTF-8 takes at most three bytes for a UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3;

/** Rows of one table in pieces that one insert can hold. */
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
  const close = (): void => {
    if (used > 0) pieces.push({ table, rows: Uint8Array.prototype.slice.call(bytes, 0, used) });
    used = 0;
    units = 0;
  };
  for (const item of items) {
    const row = encode(item);
    if (units + row.length > INSERT_BYTES) close();
    const needed = used + row.length * MOST_BYTES_A_UNIT;
    if (needed > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, needed, bytes.length * 2));
      bytes.copy(larger, 0, 0, used);
      bytes = larger;
    }
    used += bytes.write(row, used);
    units += row.length;
  }
  close();
  return pieces;
}
