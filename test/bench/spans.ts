import { createHash } from 'node:crypto';
import { SpanKind, SpanStatusCode, TraceFlags } from '@opentelemetry/api';
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { Span } from '../../engine/core/span.ts';
import { DEFAULT_DECODE_LIMITS } from '../../ingest/otlp/decode-limits.ts';
import { decodeTraces } from '../../ingest/otlp/decode-traces.ts';

export const SPANS_PER_REQUEST = 250;

const WORDS =
  'the customer asked whether order invoice shipment refund policy applies after delivery and our agent looked it up in knowledge base before answering politely with details about address balance account status'.split(
    ' ',
  );
const RESOURCE = resourceFromAttributes({
  'service.name': 'bench-agent',
  'service.version': '1.4.2',
  'deployment.environment.name': 'bench',
});
const SCOPE = { name: 'bench', version: '1.0.0' };

/** Text of the wanted length that is different for every seed, with the ids, numbers and addresses that real prompts hold. */
function prose(seed: number, length: number): string {
  let state = seed * 2_654_435_761 + 1;
  const parts: string[] = [];
  for (let size = 0; size < length; ) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const word =
      state % 23 === 0
        ? `ORD-${state % 100_000}`
        : state % 47 === 0
          ? `user${state % 1_000}@example.com`
          : WORDS[(state >>> 8) % WORDS.length]!;
    parts.push(word);
    size += word.length + 1;
  }
  return parts.join(' ');
}

/** A model call of about 1.5 KB on the wire with ten attributes. */
function benchSpan(seed: number, session: string, text: string | undefined): ReadableSpan {
  const id = createHash('sha256').update(`bench ${seed}`).digest('hex');
  const startMs = Date.now() - 60_000 + (seed % 50_000);
  const context = {
    traceId: createHash('sha256').update(session).digest('hex').slice(0, 32),
    spanId: id.slice(0, 16),
    traceFlags: TraceFlags.SAMPLED,
  };
  return {
    name: 'chat bench-model',
    kind: SpanKind.CLIENT,
    spanContext: () => context,
    startTime: [Math.floor(startMs / 1_000), (startMs % 1_000) * 1e6],
    endTime: [Math.floor(startMs / 1_000) + 1, 0],
    status: { code: SpanStatusCode.OK },
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'bench-model',
      'gen_ai.conversation.id': session,
      'gen_ai.agent.id': `agent-${seed % 20}`,
      'gen_ai.agent.version': '1.4.2',
      'gen_ai.usage.input_tokens': 400 + (seed % 100),
      'gen_ai.usage.output_tokens': 120,
      'gen_ai.input.messages': JSON.stringify([
        { role: 'user', parts: [{ type: 'text', content: text ?? prose(seed, 620) }] },
      ]),
      'gen_ai.output.messages': JSON.stringify([
        { role: 'assistant', parts: [{ type: 'text', content: prose(seed + 1e6, 330) }] },
      ]),
    },
    links: [],
    events: [],
    duration: [1, 0],
    ended: true,
    resource: RESOURCE,
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** The protobuf body of an export request: ten sessions of 25 model calls, or one span that says `text`. */
export function benchRequest(n: number, only?: { session: string; text: string }): Uint8Array<ArrayBuffer> {
  const spans = only
    ? [benchSpan(n * SPANS_PER_REQUEST, only.session, only.text)]
    : Array.from({ length: SPANS_PER_REQUEST }, (_, i) =>
        benchSpan(n * SPANS_PER_REQUEST + i, `session-${n}-${i % 10}`, undefined),
      );
  return new Uint8Array(ProtobufTraceSerializer.serializeRequest(spans)!);
}

/** The same spans as the receiver decodes them. */
export function benchSpans(n: number): Span[] {
  return [...decodeTraces(benchRequest(n), 'protobuf', DEFAULT_DECODE_LIMITS, Date.now).spans];
}
