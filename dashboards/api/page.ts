import { z } from 'zod';
import { CodedError } from '../../engine/core/errors.ts';

/** The shape of every list. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}

export const limitParameter = z.coerce.number().int().min(1).max(500).default(50);
export const cursorParameter = z.string().max(1_000).optional();

/** Cuts a list that was asked for with one item more than the page holds. `position` says where an item stands. */
export function toPage<Item>(rows: readonly Item[], limit: number, position: (item: Item) => readonly string[]) {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  return { items, next_cursor: rows.length > limit && last !== undefined ? writeCursor(position(last)) : null };
}

export function writeCursor(position: readonly string[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url');
}

/** The position in a cursor; undefined for the first page. Throws BAD_REQUEST unless it has as many parts as it should. */
export function readCursor(cursor: string | undefined, parts: number): string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const isPosition =
      Array.isArray(position) && position.length === parts && position.every((part) => typeof part === 'string');
    if (isPosition) return position as string[];
  } catch {
    // Refused below like every other text that is no cursor.
  }
  throw new CodedError('BAD_REQUEST', 'The cursor is not one of this list', { extra: { field: 'cursor' } });
}
