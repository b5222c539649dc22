import { describe, expect, it } from 'vitest';
import { sipHash24, sipKeyOf } from '../../../engine/redaction/siphash.ts';

// From the reference implementation (vectors_sip64): key 00..0f, message 00..(n-1), digest as bytes.
const VECTORS: readonly [number, string][] = [
  [0, '310e0edd47db6f72'],
  [1, 'fd67dc93c539f874'],
  [2, '5a4fa9d909806c0d'],
  [7, '37d1018bf50002ab'],
  [8, '6224939a79f5f593'],
  [15, 'e545be4961ca29a1'],
  [63, '724506eb4c328a95'],
];

describe('SipHash-2-4', () => {
  it.each(VECTORS)('gives the published digest of %i bytes', (length, digest) => {
    const bytes = (count: number) => Uint8Array.from({ length: count }, (_, index) => index);
    const out = new Int32Array(2);
    sipHash24(sipKeyOf(bytes(16)), bytes(length), length, out);
    expect(Buffer.from(out.buffer).toString('hex')).toBe(digest);
  });
});
