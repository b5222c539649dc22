import type { ArchivedObject } from './manifest.ts';
import { sealObject } from './object-seal.ts';
import { type PackedRows, sha256 } from './pack-rows.ts';

/**
 * Packed rows as an object and its line in the manifest. Its name holds a checksum: an upload that is gone on with is of the same bytes,
 * and an object that takes another's place never has its name.
 */
export function toObject(
  { bytes: packed, rows, plainBytes }: PackedRows,
  { table, folder, key }: { table: string; folder: string; key: Uint8Array | undefined },
): { object: ArchivedObject; bytes: Buffer } {
  const name = `${table}-${sha256(packed).slice(0, 16)}.ndjson.zst${key ? '.sealed' : ''}`;
  const bytes = key ? sealObject(key, folder + name, packed) : packed;
  return { object: { name, rows, bytes: bytes.length, plain_bytes: plainBytes, sha256: sha256(bytes) }, bytes };
}
