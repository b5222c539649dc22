import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';

/**
 * Files below a folder that hold a text: as it is, in UTF-16, in a zstd file, or in the compressed blocks of the engine's files. What has been
 * deleted meanwhile is passed over.
 */
export function filesHolding(folder: string, text: string): string[] {
  const wanted = [Buffer.from(text), Buffer.from(text, 'utf16le')];
  return filesBelow(folder).filter((path) => {
    try {
      const bytes = readFileSync(path);
      return [bytes, ...unpacked(bytes)].some((piece) => wanted.some((text) => piece.includes(text)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  });
}

export function filesBelow(folder: string): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // The engine removes folders as it goes.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

function* unpacked(bytes: Buffer): Generator<Buffer> {
  if (bytes.length > 4 && bytes.readUInt32LE(0) === 0xfd2fb528) {
    try {
      yield zstdDecompressSync(bytes);
    } catch {
      // Cut short, or of the engine's blocks after all.
    }
  }
  // The engine's blocks: 16 bytes of checksum, method, length with this head of nine bytes, length of what it unpacks to.
  for (let at = 0; at + 25 < bytes.length; ) {
    const [method, packed, plain] = [bytes[at + 16], bytes.readUInt32LE(at + 17), bytes.readUInt32LE(at + 21)];
    const known = method === 0x82 || method === 0x90 || method === 0x02 || method === 0x91;
    if (!known || packed < 9 || at + 16 + packed > bytes.length || plain > 1 << 28) return;
    yield* unpackedBlock(method!, bytes.subarray(at + 25, at + 16 + packed), plain);
    at += 16 + packed;
  }
}

function* unpackedBlock(method: number, block: Buffer, plain: number): Generator<Buffer> {
  if (method === 0x90) yield zstdDecompressSync(block);
  else if (method === 0x82) yield lz4(block, plain);
  else yield block;
}

/** The LZ4 block format. */
function lz4(block: Buffer, plain: number): Buffer {
  const out = Buffer.alloc(plain);
  let to = 0;
  for (let at = 0; at < block.length; ) {
    const token = block[at++]!;
    let literals = token >> 4;
    if (literals === 15) for (let more = 255; more === 255; literals += more) more = block[at++]!;
    block.copy(out, to, at, at + literals);
    at += literals;
    to += literals;
    if (at >= block.length) break;
    const back = block.readUInt16LE(at);
    at += 2;
    let length = (token & 15) + 4;
    if ((token & 15) === 15) for (let more = 255; more === 255; length += more) more = block[at++]!;
    for (; length > 0; length -= 1, to += 1) out[to] = out[to - back]!;
  }
  return out;
}
