import { z } from 'zod';
import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

/** Value of a parameter, as the API takes it. */
export const savedParameterSchema = z.object({
  name: z.string().regex(/^\w{1,100}$/),
  description: z.string().max(500).default(''),
  value: z.union([z.string().max(5_000), z.number(), z.boolean()]).default(''),
});

/** A query that somebody kept. Times are RFC 3339 UTC. */
export interface SavedQuery {
  id: string;
  title: string;
  description: string;
  query: string;
  params: z.output<typeof savedParameterSchema>[];
  shared: boolean;
  author_id: string;
  author: string;
  created_at: string;
  updated_at: string;
}

type Stored = SavedQuery & { readonly deleted: boolean };

const COLUMNS: Columns<Stored> = {
  id: (row) => row.id,
  title: (row) => row.title,
  description: (row) => row.description,
  query: (row) => row.query,
  params: (row) => JSON.stringify(row.params),
  shared: (row) => row.shared,
  author_id: (row) => row.author_id,
  author: (row) => row.author,
  created_at: (row) => timestampText(Date.parse(row.created_at) * 1_000),
  updated_at: (row) => timestampText(Date.parse(row.updated_at) * 1_000),
  deleted: (row) => row.deleted,
};

/** Records a query, or its end. */
export async function saveQuery(store: Store, database: string, query: SavedQuery, deleted = false): Promise<void> {
  await insertRows(store, `${database}.saved_queries`, COLUMNS, [{ ...query, deleted }], crypto.randomUUID());
}

const rowSchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  query: z.string(),
  params: z.string().transform((json) => z.array(savedParameterSchema).parse(JSON.parse(json))),
  shared: z.boolean(),
  author_id: z.string(),
  author: z.string(),
  created_at: z.string().transform(rfc3339),
  updated_at: z.string().transform(rfc3339),
});

/** Those of one author and those that are shared, by title. */
export async function listSavedQueries(store: Store, database: string, authorId: string): Promise<SavedQuery[]> {
  const rows = await store.query(
    `SELECT id, title, description, query, params, shared, author_id, author, created_at, updated_at
     FROM saved_queries FINAL WHERE NOT deleted AND (shared OR author_id = {author: String})
     ORDER BY lower(title), id LIMIT 1000`,
    { author: authorId },
    { database },
  );
  return z.array(rowSchema).parse(rows);
}
