import { constants, deflateRawSync } from 'node:zlib';

const MIB = 1024 * 1024;
/** Magic, deflate, no flags, no time, unknown system (RFC 1952). */
const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/**
 * A gzip file of a thousandth of the size that it unpacks to: `content`, repeated. It is built from one compressed piece, so
 * making it costs next to nothing. Its checksum is wrong, which only who unpacks it to its end can tell.
 */
export function zipBomb(content: Buffer, mebibytes: number): Buffer {
  const piece = Buffer.alloc(MIB, content);
  const block = deflateRawSync(piece, { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  const end = deflateRawSync(Buffer.alloc(0));
  return Buffer.concat([GZIP_HEAD, ...Array.from({ length: mebibytes }, () => block), end, Buffer.alloc(8)]);
}
