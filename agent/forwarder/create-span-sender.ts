import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { type Resource, resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { ClientSpan } from '../spool/client-span.ts';
import type { SendSpans, Sent } from './forward-spool.ts';

const TIMEOUT_MS = 30_000;
const SCOPE = { name: 'spanwarden-agent' };

/** Answers of the server that say the spans are at fault, and not the moment, the credential or the address. */
const REFUSED = new Set([400, 413, 415, 422]);

export interface SpanSender {
  readonly send: SendSpans;
  close(): Promise<void>;
}

/** Sends by OpenTelemetry's own exporter, which tries again with growing pauses on its own before it gives up. */
export function createSpanSender(endpoint: string, credential: string): SpanSender {
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/{1,5}$/, '')}/v1/traces`,
    headers: credential === '' ? {} : { authorization: `Bearer ${credential}` },
    timeoutMillis: TIMEOUT_MS,
  });
  return {
    send(spans) {
      const resources = new Map<string, Resource>();
      const readable = spans.map((span) => readableSpan(span, sharedResource(span, resources)));
      return new Promise<Sent>((resolve) => {
        exporter.export(readable, ({ code, error }) => resolve(code === 0 ? 'sent' : verdictOn(error)));
      });
    },
    close: () => exporter.shutdown(),
  };
}

function verdictOn(error: (Error & { code?: unknown }) | undefined): Sent {
  return REFUSED.has(Number(error?.code)) ? 'refused' : 'later';
}

/** Spans of one session share the resource, which is then sent once. */
function sharedResource({ resource }: ClientSpan, known: Map<string, Resource>): Resource {
  const key = JSON.stringify(resource);
  let shared = known.get(key);
  if (shared === undefined) {
    shared = resourceFromAttributes({ ...resource });
    known.set(key, shared);
  }
  return shared;
}

function readableSpan(span: ClientSpan, resource: Resource): ReadableSpan {
  const { traceId, spanId, parentSpanId, name, startMs, endMs, failed, attributes } = span;
  const context = (id: string) => ({ traceId, spanId: id, traceFlags: TraceFlags.SAMPLED });
  return {
    name,
    kind: SpanKind.INTERNAL,
    spanContext: () => context(spanId),
    ...(parentSpanId !== '' && { parentSpanContext: context(parentSpanId) }),
    startTime: time(startMs),
    endTime: time(endMs),
    duration: time(endMs - startMs),
    status: { code: failed ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
    attributes: { ...attributes },
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Seconds and nanoseconds. */
function time(ms: number): [number, number] {
  const whole = Math.floor(ms / 1_000);
  return [whole, Math.round((ms - whole * 1_000) * 1e6)];
}
