/** A value as JSONCompactEachRow takes it. 64-bit integers and nanosecond times are decimal text. */
export type Cell = string | number | boolean | readonly Cell[] | Readonly<Record<string, string>>;

/** How JSON.stringify writes half a surrogate pair. The store takes no such text and would refuse the whole insert. */
const SURROGATE_ESCAPE = '\\ud';

/** One line of JSONCompactEachRow, without its end. */
export function encodeRow(cells: readonly Cell[]): string {
  const line = JSON.stringify(cells);
  return line.includes(SURROGATE_ESCAPE) ? JSON.stringify(wellFormed(cells)) : line;
}

/** The same with U+FFFD for halves of surrogate pairs, which come out of JSON that senders put into attributes. */
function wellFormed(cell: Cell): Cell {
  if (typeof cell === 'string') return cell.toWellFormed();
  if (typeof cell !== 'object') return cell;
  if (isList(cell)) return cell.map(wellFormed);
  const map: Record<string, string> = Object.create(null);
  for (const key in cell) map[key.toWellFormed()] = cell[key]!.toWellFormed();
  return map;
}

function isList(cell: Exclude<Cell, string | number | boolean>): cell is readonly Cell[] {
  return Array.isArray(cell);
}

/** UInt32 columns: absent is 0, anything beyond the type is its largest value. */
export function count(value: number | undefined): number {
  return value === undefined || !(value > 0) ? 0 : Math.min(Math.trunc(value), 0xffff_ffff);
}
