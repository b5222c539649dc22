import { z } from 'zod';
import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

/** A query that somebody keeps. Times are RFC 3339. */
export interface SavedQuery {
  id: string;
  name: string;
  description: string;
  query: string;
  /** What stands in the inputs of its parameters at first. */
  params: Record<string, string>;
  /** Everybody in the org who may query sees it; else its author alone. */
  shared: boolean;
  author: string;
  author_id: string;
  created_at: string;
  updated_at: string;
}

type Row = SavedQuery & { deleted: boolean };

const COLUMNS: Columns<Row> = {
  id: (row) => row.id,
  name: (row) => row.name,
  description: (row) => row.description,
  query: (row) => row.query,
  params: (row) => row.params,
  shared: (row) => row.shared,
  author: (row) => row.author,
  author_id: (row) => row.author_id,
  created_at: (row) => timestampText(Date.parse(row.created_at) * 1_000),
  updated_at: (row) => timestampText(Date.parse(row.updated_at) * 1_000),
  deleted: (row) => row.deleted,
};

const rowSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  query: z.string(),
  params: z.record(z.string(), z.string()),
  shared: z.boolean(),
  author: z.string(),
  author_id: z.string(),
  created_at: z.string().transform(rfc3339),
  updated_at: z.string().transform(rfc3339),
});

/** Writes a query as it is now, or its end. */
export async function saveQuery(store: Store, database: string, query: SavedQuery, deleted: boolean): Promise<void> {
  await insertRows(store, `${database}.saved_queries`, COLUMNS, [{ ...query, deleted }], crypto.randomUUID());
}

/** What is shared, and what this author keeps; by name. */
export async function listSavedQueries(store: Store, database: string, authorId: string): Promise<SavedQuery[]> {
  const rows = await store.query(
    `SELECT id, name, description, query, params, shared, author, author_id, created_at, updated_at
     FROM saved_queries FINAL
     WHERE NOT deleted AND (shared OR author_id = {authorId: String})
     ORDER BY name, id`,
    { authorId },
    { database },
  );
  return z.array(rowSchema).parse(rows);
}
