/**
 * Decoding of OTLP trace exports, per span, against what it replaces: protobufjs (code generated from the .proto text, then
 * the messages turned into spans) and JSON.parse (then the tree turned into spans, 64-bit integers inexact, nothing checked).
 */
import { emptyAttributes } from '../../../engine/core/attributes.ts';
import type { Span } from '../../../engine/core/span.ts';
import type { OtlpEncoding } from '../../../ingest/otlp/decode-export.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../ingest/otlp/decode-limits.ts';
import { decodeTraces } from '../../../ingest/otlp/decode-traces.ts';
import { newRandom } from '../../unit/ingest/otlp/random.ts';
import { encode, messageType } from '../../unit/ingest/otlp/reference.ts';
import { type Measure, measure, median } from '../measure.ts';

const MEASURE_MS = 1_500;
const NOW_UNIX_MS = Date.UTC(2026, 10, 21);
const random = newRandom(1);

export default async function otlpDecode(): Promise<Measure[]> {
  const batches: [string, string, object, number][] = [
    ['small', '1.5 KB, 10 attributes', requestOf(256, 1_000, 0), 256],
    ['large', '16 KB, 10 attributes', requestOf(64, 15_500, 0), 64],
    ['flattened', '5 KB, 70 attributes', requestOf(64, 300, 30), 64],
    ['single', 'one span of 1.5 KB', requestOf(1, 1_000, 0), 1],
  ];
  const type = messageType('ExportTraceServiceRequest');
  return batches.flatMap(([name, what, request, spans]) => {
    const json = Buffer.from(JSON.stringify(request));
    const protobuf = encode('ExportTraceServiceRequest', JSON.parse(json.toString(), hexToBase64));
    return [
      compare(`decode-protobuf-${name}`, what, spans, protobuf, 'protobuf', () =>
        toSpans(type.decode(protobuf) as unknown as Tree, fromBytes),
      ),
      compare(`decode-json-${name}`, what, spans, json, 'json', () =>
        toSpans(JSON.parse(json.toString()) as Tree, String),
      ),
    ];
  });
}

function compare(
  name: string,
  what: string,
  spans: number,
  body: Buffer,
  encoding: OtlpEncoding,
  baseline: () => Span[],
): Measure {
  const ours = () => decodeTraces(body, encoding, DEFAULT_DECODE_LIMITS, () => NOW_UNIX_MS).spans;
  if (ours().length !== spans || baseline().length !== spans) throw new Error('both must decode all spans');
  const times: [number[], number[]] = [[], []];
  // In turns, so that whatever else the machine does slows both.
  for (const end = performance.now() + MEASURE_MS; performance.now() < end; ) {
    times[0].push(timeOf(ours) / spans);
    times[1].push(timeOf(baseline) / spans);
  }
  const library = encoding === 'json' ? 'JSON.parse' : 'protobufjs';
  return measure(
    name,
    median(times[0]),
    'us/span',
    median(times[1]),
    `${what} (${Math.round(body.length / spans)} bytes); baseline: ${library}`,
  );
}

function timeOf(run: () => unknown): number {
  const started = performance.now();
  run();
  return (performance.now() - started) * 1_000;
}

/** `flattened` messages of two attributes each, as instrumentations write them that know no structured values. */
function requestOf(spans: number, textLength: number, flattened: number): object {
  const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const messages = Array.from({ length: flattened }, (_, i) => [
    text(`llm.input_messages.${i}.message.role`, 'user'),
    text(`llm.input_messages.${i}.message.content`, 'a message of some forty characters or so'),
  ]).flat();
  const span = () => ({
    traceId: random.bytes(16).toString('hex'),
    spanId: random.bytes(8).toString('hex'),
    parentSpanId: random.bytes(8).toString('hex'),
    name: 'chat claude-sonnet',
    kind: 3,
    startTimeUnixNano: `${NOW_UNIX_MS}${String(random.below(1e6)).padStart(6, '0')}`,
    endTimeUnixNano: `${NOW_UNIX_MS + 1_234}000000`,
    attributes: [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.provider.name', 'anthropic'),
      text('gen_ai.request.model', 'claude-sonnet-4-20250514'),
      text('gen_ai.conversation.id', `conv-${random.below(1e9)}`),
      text('gen_ai.agent.name', 'research-agent'),
      { key: 'gen_ai.usage.input_tokens', value: { intValue: String(random.below(100_000)) } },
      { key: 'gen_ai.usage.output_tokens', value: { intValue: String(random.below(4_000)) } },
      { key: 'gen_ai.request.temperature', value: { doubleValue: 0.7 } },
      text('gen_ai.input.messages', 'what the user said '.repeat(textLength * 0.03)),
      text('gen_ai.output.messages', 'what was answered '.repeat(textLength * 0.02)),
      ...messages,
    ],
    status: { code: 1 },
  });
  const resource = { attributes: [text('service.name', 'research'), text('service.version', '1.2.3')] };
  const scope = { name: 'instrumentation', version: '0.5.1' };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: Array.from({ length: spans }, span) }] }] };
}

function hexToBase64(key: string, value: unknown): unknown {
  return /^(?:traceId|spanId|parentSpanId)$/.test(key) ? Buffer.from(value as string, 'hex').toString('base64') : value;
}

/** The least that turns a decoded tree of this bench's requests into spans. */
interface Tree {
  resourceSpans: {
    resource: TreeAttributes;
    scopeSpans: { scope: { name: string; version: string }; spans: TreeSpan[] }[];
  }[];
}

interface TreeAttributes {
  attributes: { key: string; value: { stringValue?: string; intValue?: unknown; doubleValue?: number } }[];
}

interface TreeSpan extends TreeAttributes {
  traceId: unknown;
  spanId: unknown;
  parentSpanId: unknown;
  name: string;
  startTimeUnixNano: Integer;
  endTimeUnixNano: Integer;
}

type Integer = string | { high: number; low: number };

function toSpans(tree: Tree, id: (value: never) => string): Span[] {
  return tree.resourceSpans.flatMap((group) => {
    const resource = { attributes: toAttributes(group.resource) };
    return group.scopeSpans.flatMap(({ scope: { name, version }, spans }) => {
      const scope = { name, version, attributes: emptyAttributes() };
      return spans.map(
        (span): Span => ({
          traceId: id(span.traceId as never),
          spanId: id(span.spanId as never),
          parentSpanId: id(span.parentSpanId as never),
          traceState: '',
          name: span.name,
          kind: 'Client',
          startTimeUnixNano: toBigInt(span.startTimeUnixNano),
          endTimeUnixNano: toBigInt(span.endTimeUnixNano),
          statusCode: 'Ok',
          statusMessage: '',
          resource,
          scope,
          attributes: toAttributes(span),
          events: [],
          links: [],
        }),
      );
    });
  });
}

function toAttributes({ attributes }: TreeAttributes): Span['attributes'] {
  const read = emptyAttributes();
  for (const { key, value } of attributes) {
    read[key] = value.stringValue || value.doubleValue || Number(value.intValue);
  }
  return read;
}

function toBigInt(value: Integer): bigint {
  return typeof value === 'string' ? BigInt(value) : (BigInt(value.high >>> 0) << 32n) | BigInt(value.low >>> 0);
}

function fromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
