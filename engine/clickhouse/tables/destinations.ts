import { z } from 'zod';
import type { Destination } from '../../core/destination.ts';
import { hash } from '../../core/finding.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

type DestinationRow = Destination & { deleted: boolean; updated_at: string };

const COLUMNS: Columns<DestinationRow> = {
  id: (row) => row.id,
  kind: (row) => row.kind,
  name: (row) => row.name,
  settings: (row) => JSON.stringify(row.settings),
  secrets: (row) => JSON.stringify(row.secrets),
  created_at: (row) => row.created_at,
  created_by: (row) => row.created_by,
  deleted: (row) => row.deleted,
  updated_at: (row) => row.updated_at,
};

export async function insertDestination(store: Store, database: string, destination: Destination): Promise<void> {
  await write(store, database, { ...destination, deleted: false, updated_at: destination.created_at });
}

/** Takes the destination out of use; its secrets are not kept. `at` is DateTime64(6) text, UTC. */
export async function deleteDestination(
  store: Store,
  database: string,
  destination: Destination,
  at: string,
): Promise<void> {
  await write(store, database, { ...destination, secrets: {}, deleted: true, updated_at: at });
}

async function write(store: Store, database: string, row: DestinationRow): Promise<void> {
  const token = hash('destinations', row.id, row.updated_at, String(row.deleted));
  await insertRows(store, `${database}.destinations`, COLUMNS, [row], token);
}

const strings = z.string().transform((json) => z.record(z.string(), z.string()).parse(JSON.parse(json)));

const destinationSchema = z.object({
  id: z.string(),
  kind: z.string(),
  name: z.string(),
  settings: strings,
  secrets: strings,
  created_at: z.string(),
  created_by: z.string(),
});

/** Every destination in use, the oldest first. */
export async function listDestinations(store: Store, database: string): Promise<Destination[]> {
  const rows = await store.query(
    `SELECT id, kind, name, settings, secrets, created_at, created_by
     FROM destinations FINAL
     WHERE NOT deleted
     ORDER BY created_at, id`,
    {},
    { database },
  );
  return z.array(destinationSchema).parse(rows);
}
