import { expect, test } from 'vitest';
import { KeyCache } from '../../../../ingest/otlp/key-cache.ts';
import { newRandom } from './random.ts';

test('keys that collide, or begin alike, or are not ASCII, are still told apart', () => {
  const random = newRandom(5);
  const keys = Array.from({ length: 20_000 }, () =>
    Array.from({ length: random.below(9) }, () => random.pick(['a', 'b', 'ä', '€'])).join(''),
  );
  const body = Buffer.from(keys.join(''));
  const cache = new KeyCache(body);
  let start = 0;
  for (const key of keys) {
    const end = start + Buffer.byteLength(key);
    expect(cache.read(start, end)).toBe(key);
    start = end;
  }
});
