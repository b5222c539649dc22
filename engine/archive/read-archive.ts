import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { createZstdDecompress } from 'node:zlib';
import { CodedError } from '../core/errors.ts';
import { MANIFEST } from './archive-layout.ts';
import { type ArchivedObject, type Manifest, parseManifest } from './manifest.ts';
import { openObject } from './object-seal.ts';
import type { ObjectStore } from './object-store.ts';
import { sha256 } from './pack-rows.ts';

/** The hours of an org that are archived, the oldest first. `folder` ends with `/`. */
export async function* archivedHours(
  target: ObjectStore,
  org: string,
): AsyncGenerator<{ folder: string; manifest: Manifest }> {
  for await (const { key } of target.list(`${org}/`)) {
    if (!key.endsWith(`/${MANIFEST}`)) continue;
    const bytes = await target.get(key);
    if (bytes !== undefined) yield { folder: key.slice(0, -MANIFEST.length), manifest: parseManifest(bytes, key) };
  }
}

/** An object as it was packed, checked against its manifest. Throws ARCHIVE_DAMAGED. */
export async function readObject(
  target: ObjectStore,
  folder: string,
  { name, bytes, sha256: expected }: ArchivedObject,
  key: Uint8Array,
): Promise<Buffer> {
  const stored = await target.get(folder + name);
  if (stored === undefined) throw new CodedError('ARCHIVE_DAMAGED', `${folder}${name} is not there`);
  if (stored.length !== bytes || sha256(stored) !== expected)
    throw new CodedError(
      'ARCHIVE_DAMAGED',
      `${folder}${name} is not what its manifest says: sizes or checksums differ`,
    );
  return openObject(key, folder + name, stored);
}

/** The rows of an object, a line each. */
export function linesOf(packed: Buffer): AsyncIterable<string> {
  const input = Readable.from([packed]).pipe(createZstdDecompress());
  return createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
}
