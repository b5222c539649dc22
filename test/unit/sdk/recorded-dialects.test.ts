import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Span as OpenSpan, ROOT_CONTEXT, type SpanKind, trace } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { readSpan } from '../../../agent/sdk/read-span.ts';
import { createSpanRedaction } from '../../../agent/sdk/redact-readable-span.ts';
import { SpanwardenSpanProcessor } from '../../../agent/sdk/sdk.ts';
import { normalise } from '../../../engine/core/dialects/normalise.ts';
import { NO_TOKENS } from '../../../engine/core/dialects/usage.ts';
import { enrich } from '../../../engine/core/enrichment/enrich.ts';
import type { EnrichedSpan } from '../../../engine/core/security-context.ts';
import type { Span } from '../../../engine/core/span.ts';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../ingest/otlp/decode-limits.ts';
import { decodeTraces } from '../../../ingest/otlp/decode-traces.ts';
import { ROOT } from '../../markdown.ts';

const FOLDER = join(ROOT, 'test/fixtures/dialects');
const RECORDINGS = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
/** Calls that Anthropic's client reports inside the span of its instrumentation. */
const REPORTED_TWICE: Readonly<Record<string, number>> = { 'openllmetry.json': 2 };
const KINDS = ['Internal', 'Server', 'Client', 'Producer', 'Consumer'];

function recordedSpans(file: string): Span[] {
  const { requests } = JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as { requests: object[] };
  return requests.flatMap((request) => {
    const body = Buffer.from(JSON.stringify(request));
    return decodeTraces(body, 'json', DEFAULT_DECODE_LIMITS, () => Date.now()).spans;
  });
}

/** The spans again, started and ended in a process of their own at the times they had, with the SDK in it. */
function replayed(spans: readonly Span[]): Map<Span, ReadableSpan> {
  const exporter: SpanExporter & InMemorySpanExporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ ...spans[0]!.resource.attributes } as Record<string, string>),
    spanLimits: { attributeCountLimit: 4096, eventCountLimit: 4096 },
    spanProcessors: [new SpanwardenSpanProcessor(), new SimpleSpanProcessor(exporter)],
  });
  const byId = new Map(spans.map((span) => [span.traceId + span.spanId, span]));
  const open = new Map<Span, OpenSpan>();

  const start = (span: Span): OpenSpan => {
    const known = open.get(span);
    if (known !== undefined) return known;
    const above = byId.get(span.traceId + span.parentSpanId);
    const context = above === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, start(above));
    const tracer = provider.getTracer(span.scope.name, span.scope.version);
    const kind = Math.max(0, KINDS.indexOf(span.kind)) as SpanKind;
    const started = tracer.startSpan(span.name, { kind, startTime: hrTime(span.startTimeUnixNano) }, context);
    Object.assign((started as unknown as ReadableSpan).attributes, span.attributes);
    for (const event of span.events) {
      const own = { name: event.name, time: hrTime(event.timeUnixNano), attributes: { ...event.attributes } };
      (started as unknown as { events: object[] }).events.push(own);
    }
    open.set(span, started);
    return started;
  };

  const moments = spans.flatMap((span) => [
    { at: span.startTimeUnixNano, order: 1, act: () => void start(span) },
    { at: span.endTimeUnixNano, order: 0, act: () => start(span).end(hrTime(span.endTimeUnixNano)) },
  ]);
  // At the same moment children end first: they started later.
  moments.reverse().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.order - b.order));
  for (const { act } of moments) act();
  return new Map(spans.map((span) => [span, open.get(span) as unknown as ReadableSpan]));
}

function hrTime(nanoseconds: bigint): [number, number] {
  return [Number(nanoseconds / 1_000_000_000n), Number(nanoseconds % 1_000_000_000n)];
}

/** What rules go by, of a span in the server. */
function essence({ agent, security, traceId }: EnrichedSpan) {
  const { kind, tokens, toolName, requestModel, agentVersion } = agent;
  const { sessionId, agentFramework, agentId, toolCategory, toolDirection, promptHash, promptHashStable } = security;
  const { memoryOperation, inputSource, ingress } = security;
  return {
    ...{ kind, tokens, toolName, requestModel, agentVersion, agentId, toolCategory, toolDirection },
    ...{ promptHash, promptHashStable, memoryOperation, inputSource, ingress },
    framework: agentFramework === 'unknown' ? '' : agentFramework,
    session: sessionId === traceId ? 'the trace' : sessionId,
  };
}

describe.each(RECORDINGS)('a recording of %s', (file) => {
  it('comes out the same with the SDK in the process as without it', () => {
    const spans = recordedSpans(file);
    const without = enrich(spans.map(normalise));
    const redact = createSpanRedaction(createRedactor({ key: new Uint8Array(32).fill(1) }));
    let reportedTwice = 0;
    for (const [index, [, span]] of [...replayed(spans)].entries()) {
      const sent = redact(span);
      // Each in a request of its own, where the server sees no parents and no text that was redacted.
      const [stored] = enrich([normalise({ ...readSpan(sent), parentSpanId: spans[index]!.parentSpanId })]);
      const again = sent.attributes['spanwarden.model_call.inner'] === true;
      const expected = { ...essence(without[index]!), ...(again && { kind: 'chain', tokens: NO_TOKENS }) };
      expect(essence(stored!), `${index} ${span.name}`).toEqual(expected);
      if (again) reportedTwice++;
    }
    expect(reportedTwice).toBe(REPORTED_TWICE[file] ?? 0);
  });
});
