/** A SipHash key: 128 bits as four 32-bit words, least significant first. */
export type SipKey = readonly [number, number, number, number];

export function sipKeyOf(bytes: Uint8Array): SipKey {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  return [view.getInt32(0, true), view.getInt32(4, true), view.getInt32(8, true), view.getInt32(12, true)];
}

/**
 * SipHash-2-4 (Aumasson and Bernstein 2012) of `length` bytes: a 64-bit keyed hash that is fast on short inputs and cannot be
 * predicted without the key. In 32-bit halves, the only integers that are fast in JavaScript. `out` receives the low word and
 * the high word, as signed 32-bit integers.
 */
export function sipHash24(key: SipKey, bytes: Uint8Array, length: number, out: Int32Array): void {
  const [k0l, k0h, k1l, k1h] = key;
  let v0l = k0l ^ 0x70736575;
  let v0h = k0h ^ 0x736f6d65;
  let v1l = k1l ^ 0x6e646f6d;
  let v1h = k1h ^ 0x646f7261;
  let v2l = k0l ^ 0x6e657261;
  let v2h = k0h ^ 0x6c796765;
  let v3l = k1l ^ 0x79746573;
  let v3h = k1h ^ 0x74656462;
  const blocks = length >> 3;
  // blocks of the message, the last with the length in its top byte, then one round of finalisation as block `blocks + 1`
  for (let block = 0; block <= blocks + 1; block++) {
    const final = block === blocks + 1;
    let ml = 0;
    let mh = 0;
    if (final) v2l ^= 0xff;
    else {
      const at = block << 3;
      ml = word(bytes, at, length);
      mh = word(bytes, at + 4, length);
      if (block === blocks) mh |= length << 24;
      v3l ^= ml;
      v3h ^= mh;
    }
    for (let round = final ? 4 : 2; round > 0; round--) {
      let low: number;
      let high: number;
      // v0 += v1; v1 <<<= 13; v1 ^= v0; v0 <<<= 32
      low = (v0l + v1l) | 0;
      high = (v0h + v1h + carry(v0l, v1l, low)) | 0;
      const r1h = (v1h << 13) | (v1l >>> 19);
      const r1l = (v1l << 13) | (v1h >>> 19);
      v1l = r1l ^ low;
      v1h = r1h ^ high;
      v0l = high;
      v0h = low;
      // v2 += v3; v3 <<<= 16; v3 ^= v2
      low = (v2l + v3l) | 0;
      v2h = (v2h + v3h + carry(v2l, v3l, low)) | 0;
      v2l = low;
      const r3h = (v3h << 16) | (v3l >>> 16);
      const r3l = (v3l << 16) | (v3h >>> 16);
      v3l = r3l ^ v2l;
      v3h = r3h ^ v2h;
      // v0 += v3; v3 <<<= 21; v3 ^= v0
      low = (v0l + v3l) | 0;
      v0h = (v0h + v3h + carry(v0l, v3l, low)) | 0;
      v0l = low;
      const s3h = (v3h << 21) | (v3l >>> 11);
      const s3l = (v3l << 21) | (v3h >>> 11);
      v3l = s3l ^ v0l;
      v3h = s3h ^ v0h;
      // v2 += v1; v1 <<<= 17; v1 ^= v2; v2 <<<= 32
      low = (v2l + v1l) | 0;
      high = (v2h + v1h + carry(v2l, v1l, low)) | 0;
      const s1h = (v1h << 17) | (v1l >>> 15);
      const s1l = (v1l << 17) | (v1h >>> 15);
      v1l = s1l ^ low;
      v1h = s1h ^ high;
      v2l = high;
      v2h = low;
    }
    if (!final) {
      v0l ^= ml;
      v0h ^= mh;
    }
  }
  out[0] = v0l ^ v1l ^ v2l ^ v3l;
  out[1] = v0h ^ v1h ^ v2h ^ v3h;
}

/** Four bytes from `at`, little-endian; bytes at or after `length` count as 0. */
function word(bytes: Uint8Array, at: number, length: number): number {
  if (at + 4 <= length) return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  let value = 0;
  for (let index = at; index < length; index++) value |= bytes[index]! << ((index - at) << 3);
  return value;
}

function carry(a: number, b: number, sum: number): number {
  return sum >>> 0 < a >>> 0 || sum >>> 0 < b >>> 0 ? 1 : 0;
}
