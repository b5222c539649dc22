import { describe, expect, test } from 'vitest';
import { DEFAULT_DECODE_LIMITS } from '../../../../ingest/otlp/decode-limits.ts';
import { decodeTraces } from '../../../../ingest/otlp/decode-traces.ts';
import { newRandom } from './random.ts';
import { NOW_UNIX_MS, randomRequest } from './random-request.ts';
import { referenceSpans } from './reference.ts';

describe('the protobuf decoder against an independent one', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('reads random valid exports alike (seed %i)', (seed) => {
    const random = newRandom(seed);
    let spans = 0;
    for (let i = 0; i < 250; i++) {
      const body = randomRequest(random);
      const decoded = decodeTraces(body, 'protobuf', DEFAULT_DECODE_LIMITS, () => NOW_UNIX_MS);
      expect(decoded.errors).toEqual([]);
      expect(decoded.spans).toEqual(referenceSpans(body));
      spans += decoded.spans.length;
    }
    expect(spans).toBeGreaterThan(200);
  });
});
