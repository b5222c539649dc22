import type { Attributes } from '../attributes.ts';
import type { SpanNode } from './creation-order.ts';

const LARGEST = 2n ** 64n - 1n;
const DECIMAL = /^\d{1,20}$/;

/**
 * Step 6. The sender's counter where there is one, else the creation time in nanoseconds, pushed on by one where it would not
 * grow within the trace. So it grows in creation order, is the same when the same batch comes again, and workers share nothing.
 *
 * Limits: spans of one trace that came in different batches and were created in the same nanosecond may share a value; a
 * trace where only some spans carry the sender's counter mixes both scales. Order such spans by start.
 */
export function setSpanSequence(nodes: readonly SpanNode[]): void {
  const last = new Map<string, bigint>();
  for (const { span, createdAt } of nodes) {
    const sent = sentSequence(span.attributes);
    if (sent !== undefined) {
      span.security.spanSequence = sent;
      continue;
    }
    const previous = last.get(span.traceId);
    const sequence = previous !== undefined && previous >= createdAt ? previous + 1n : createdAt;
    last.set(span.traceId, sequence);
    span.security.spanSequence = sequence;
  }
}

/** TraceCtrl sends the counter as a decimal string; numbers are taken too. */
function sentSequence(attributes: Attributes): bigint | undefined {
  const value = attributes['tracectrl.span_sequence'];
  let sequence: bigint;
  if (typeof value === 'bigint') sequence = value;
  else if (typeof value === 'number' && Number.isSafeInteger(value)) sequence = BigInt(value);
  else if (typeof value === 'string' && DECIMAL.test(value)) sequence = BigInt(value);
  else return undefined;
  return sequence >= 0n && sequence <= LARGEST ? sequence : undefined;
}
