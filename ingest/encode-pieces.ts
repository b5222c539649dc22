import { INSERT_BYTES } from './group-commit.ts';
import type { IngestTable, RowPiece } from './inspected.ts';

/** Rows of one table in pieces that one insert can hold. */
export function encodePieces<Item>(
  table: IngestTable,
  items: readonly Item[],
  encode: (item: Item) => string,
): RowPiece[] {
  const pieces: RowPiece[] = [];
  let rows = '';
  for (const item of items) {
    const row = encode(item);
    if (rows !== '' && rows.length + row.length > INSERT_BYTES) {
      pieces.push({ table, rows: Buffer.from(rows) });
      rows = '';
    }
    rows += row;
  }
  if (rows !== '') pieces.push({ table, rows: Buffer.from(rows) });
  return pieces;
}
