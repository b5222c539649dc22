import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createZstdCompress } from 'node:zlib';

export interface PackedRows {
  readonly bytes: Buffer;
  readonly rows: number;
  readonly plainBytes: number;
}

/** Compressed bytes at which an object is ended: it is held in memory until it is written. */
const OBJECT_BYTES = 32 * 1024 * 1024;

/** Rows into zstd objects of bounded size, on threads of their own. */
export async function* packRows(
  rows: AsyncIterable<{ lines: Buffer; rows: number }>,
  objectBytes = OBJECT_BYTES,
): AsyncGenerator<PackedRows> {
  let pack = openPack();
  for await (const { lines, rows: count } of rows) {
    await pack.add(lines, count);
    if (pack.size() < objectBytes) continue;
    yield await pack.end();
    pack = openPack();
  }
  const last = await pack.end();
  if (last.rows > 0) yield last;
}

function openPack() {
  const zstd = createZstdCompress();
  const chunks: Buffer[] = [];
  let size = 0;
  let rows = 0;
  let plainBytes = 0;
  zstd.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
  });
  return {
    size: () => size,
    async add(lines: Buffer, count: number): Promise<void> {
      rows += count;
      plainBytes += lines.length;
      if (!zstd.write(lines)) await once(zstd, 'drain');
    },
    async end(): Promise<PackedRows> {
      zstd.end();
      await once(zstd, 'end');
      return { bytes: Buffer.concat(chunks), rows, plainBytes };
    },
  };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
