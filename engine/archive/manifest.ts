import { z } from 'zod';
import { CodedError } from '../core/errors.ts';

const objectSchema = z.strictObject({
  /** Name beside the manifest. */
  name: z.string().regex(/^[\w.-]{1,120}$/),
  rows: z.number().int(),
  /** As it lies there. */
  bytes: z.number().int(),
  /** Unpacked. */
  plain_bytes: z.number().int(),
  /** Of what lies there, hex. */
  sha256: z.string(),
});

const tableSchema = z.strictObject({
  table: z.string(),
  /** What the values of a row are, in order. */
  columns: z.array(z.string()),
  rows: z.number().int(),
  objects: z.array(objectSchema),
});

/**
 * What an archived hour holds. It is written last: an hour is archived when its manifest is there. Objects are zstd of one JSON array a
 * row (ClickHouse's JSONCompactEachRow); `sealed` ones are that under AES-256-GCM.
 */
const manifestSchema = z.strictObject({
  version: z.literal(1),
  org: z.string(),
  /** The hour, half-open, RFC 3339 UTC. */
  from: z.string(),
  to: z.string(),
  archived_at: z.string(),
  sealed: z.boolean(),
  /** Times it was rewritten because something was erased. */
  revision: z.number().int(),
  rows: z.number().int(),
  bytes: z.number().int(),
  tables: z.array(tableSchema),
});

export type ArchivedObject = z.infer<typeof objectSchema>;
export type ArchivedTableEntry = z.infer<typeof tableSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

/** Throws ARCHIVE_DAMAGED, naming the key. */
export function parseManifest(bytes: Uint8Array, key: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw new CodedError('ARCHIVE_DAMAGED', `${key} is no manifest that this version reads`, { cause });
  }
}

export function manifestBytes(manifest: Manifest): Buffer {
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
}

/** A manifest of the tables that have rows, with its sums. */
export function toManifest(
  given: Pick<Manifest, 'org' | 'from' | 'to' | 'archived_at' | 'sealed' | 'revision'>,
  entries: readonly ArchivedTableEntry[],
): Manifest {
  const tables = entries.filter(({ rows }) => rows > 0);
  const objects = tables.flatMap((entry) => entry.objects);
  return {
    version: 1,
    ...given,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    bytes: objects.reduce((sum, { bytes }) => sum + bytes, 0),
    tables,
  };
}
