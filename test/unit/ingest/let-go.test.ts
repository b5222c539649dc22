import { describe, expect, it } from 'vitest';
import { letGo } from '../../../ingest/let-go.ts';

describe('letGo', () => {
  it('frees bytes that have a buffer to themselves', () => {
    const bytes = new Uint8Array(1024).fill(7);
    letGo(bytes);
    expect(bytes.length).toBe(0);
    expect(bytes.buffer.detached).toBe(true);
    expect(() => letGo(bytes)).not.toThrow();
  });

  it.each([
    ['a part of a buffer', () => new Uint8Array(new ArrayBuffer(1024), 8, 16)],
    ['a small buffer of the pool that Node keeps', () => Buffer.from('abc')],
    ['shared memory', () => new Uint8Array(new SharedArrayBuffer(16))],
  ])('leaves %s alone', (_, make) => {
    const bytes = make();
    const before = bytes.length;
    letGo(bytes);
    expect(bytes.length).toBe(before);
  });
});
