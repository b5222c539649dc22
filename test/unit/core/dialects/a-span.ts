import type { AgentFields } from '../../../../engine/core/agent-span.ts';
import type { Attributes, AttributeValue } from '../../../../engine/core/attributes.ts';
import { emptyAttributes } from '../../../../engine/core/attributes.ts';
import { normalise } from '../../../../engine/core/dialects/normalise.ts';
import type { Span, SpanEvent } from '../../../../engine/core/span.ts';

/** Attributes without a prototype, as the receiver decodes them. */
export function attributes(entries: Record<string, AttributeValue>): Attributes {
  return Object.assign(emptyAttributes(), entries);
}

/** A span with these attributes, as the receiver decodes it. */
export function aSpan(entries: Record<string, AttributeValue>, rest: Partial<Span> = {}): Span {
  return {
    traceId: '0af7651916cd43dd8448eb211c80319c',
    spanId: 'b7ad6b7169203331',
    parentSpanId: '',
    traceState: '',
    name: 'span',
    kind: 'Internal',
    startTimeUnixNano: 1_790_000_000_000_000_000n,
    endTimeUnixNano: 1_790_000_001_000_000_000n,
    statusCode: 'Unset',
    statusMessage: '',
    resource: { attributes: emptyAttributes() },
    scope: { name: '', version: '', attributes: emptyAttributes() },
    attributes: attributes(entries),
    events: [],
    links: [],
    ...rest,
  };
}

/** An event with these attributes. */
export function anEvent(name: string, entries: Record<string, AttributeValue>): SpanEvent {
  return { timeUnixNano: 0n, name, attributes: attributes(entries) };
}

/** What is read from a span with these attributes. */
export function fieldsOf(entries: Record<string, AttributeValue>, rest: Partial<Span> = {}): AgentFields {
  return normalise(aSpan(entries, rest)).agent;
}
