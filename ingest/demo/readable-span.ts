import { type HrTime, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { SpanDraft } from './dialect-writer.ts';

export interface SpanIds {
  readonly traceId: string;
  readonly spanId: string;
}

const KINDS = { internal: SpanKind.INTERNAL, client: SpanKind.CLIENT } as const;
const SAMPLED = 1;

/**
 * An ended span for OpenTelemetry's exporters. Made by hand and not by a tracer provider, for that one reads sampling and limits
 * from the environment of whoever starts the demo. Times in milliseconds since 1970.
 */
export function readableSpan(
  draft: SpanDraft,
  at: { own: SpanIds; parent: SpanIds | undefined; start: number; end: number },
  source: { resource: Resource; scope: { name: string; version: string } },
): ReadableSpan {
  return {
    name: draft.name,
    kind: KINDS[draft.kind],
    spanContext: () => ({ ...at.own, traceFlags: SAMPLED }),
    ...(at.parent && { parentSpanContext: { ...at.parent, traceFlags: SAMPLED } }),
    startTime: hrTime(at.start),
    endTime: hrTime(at.end),
    duration: hrTime(at.end - at.start),
    status: { code: SpanStatusCode.UNSET },
    attributes: draft.attributes,
    events: (draft.events ?? []).map((event) => ({ ...event, time: hrTime(at.end) })),
    links: [],
    ended: true,
    resource: source.resource,
    instrumentationScope: source.scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

function hrTime(ms: number): HrTime {
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
}
