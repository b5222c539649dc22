/**
 * What the SDK costs an agent's process for each span, redaction aside, which happens on export: spans are started, given attributes
 * as an instrumentation gives them, and ended. The baseline is the same with a processor that does nothing.
 */
import { context, ROOT_CONTEXT, type Tracer, trace } from '@opentelemetry/api';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  NoopSpanProcessor,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createSpanRedaction } from '../../../agent/sdk/redact-readable-span.ts';
import { SpanwardenSpanProcessor, withSession } from '../../../agent/sdk/sdk.ts';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { type Measure, measure } from '../measure.ts';
import { mixedTexts } from '../mixed-texts.ts';

const RUNS = 400;
const ROUNDS = 15;
/** Spans that `run` makes. */
const SPANS = 7;

export default async function sdkOverhead(): Promise<Measure[]> {
  const noop = tracerWith(new NoopSpanProcessor());
  const ours = tracerWith(new SpanwardenSpanProcessor());
  const times = { noop: Number.POSITIVE_INFINITY, ours: Number.POSITIVE_INFINITY };
  // In turns, so that a machine that gets busy slows both.
  for (let round = 0; round < ROUNDS; round++) {
    times.noop = Math.min(times.noop, microseconds(noop));
    times.ours = Math.min(times.ours, microseconds(ours));
  }
  const spans = endedSpans();
  const redact = createSpanRedaction(createRedactor({ key: new Uint8Array(32).fill(1) }));
  const redaction = { ours: Number.POSITIVE_INFINITY, serialised: Number.POSITIVE_INFINITY };
  for (let round = 0; round < ROUNDS; round++) {
    redaction.ours = Math.min(
      redaction.ours,
      perSpan(() => void spans.map(redact), spans.length),
    );
    redaction.serialised = Math.min(
      redaction.serialised,
      perSpan(() => void JsonTraceSerializer.serializeRequest(spans), spans.length),
    );
  }
  const detail = (what: string) => `${what}; the fastest of ${ROUNDS} rounds of ${RUNS * SPANS} spans, CPU time`;
  return [
    measure(
      'sdk-span',
      times.ours,
      'µs',
      times.noop,
      detail('a span from start to end; baseline: with a no-op processor'),
    ),
    measure(
      'sdk-overhead',
      times.ours - times.noop,
      'µs',
      30,
      detail('the difference of the two; baseline: the limit of 30'),
    ),
    measure(
      'sdk-redaction',
      redaction.ours,
      'µs',
      redaction.serialised,
      detail('the exporter on a span with 2 KB of text; baseline: its OTLP/JSON').replace(String(RUNS * SPANS), '400'),
    ),
  ];
}

function tracerWith(processor: SpanProcessor): Tracer {
  return new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('bench');
}

function microseconds(tracer: Tracer): number {
  return perSpan(() => {
    for (let n = 0; n < RUNS; n++) withSession(`session-${n}`, () => run(tracer, n));
  }, RUNS * SPANS);
}

function perSpan(work: () => void, spans: number): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / spans;
}

/** Model calls with 2 KB of messages that differ, one in four with a secret in them. */
function endedSpans(): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({
    spanProcessors: [new SpanwardenSpanProcessor(), new SimpleSpanProcessor(exporter)],
  }).getTracer('bench');
  for (const text of mixedTexts(400, Math.random)) {
    const messages = JSON.stringify([{ role: 'user', parts: [{ type: 'text', content: text }] }]);
    tracer.startSpan('chat gpt-5-mini', { attributes: { ...CHAT, 'gen_ai.input.messages': messages } }).end();
  }
  return exporter.getFinishedSpans();
}

/** An agent's run: the agent, three calls of the model, three of tools; each with the attributes of the GenAI conventions. */
function run(tracer: Tracer, n: number): void {
  const agent = tracer.startSpan('invoke_agent bench', { attributes: AGENT }, ROOT_CONTEXT);
  const inside = trace.setSpan(context.active(), agent);
  for (let step = 0; step < 3; step++) {
    const chat = tracer.startSpan('chat gpt-5-mini', { attributes: CHAT }, inside);
    chat.setAttributes({
      'gen_ai.response.id': `answer-${n}`,
      'gen_ai.usage.input_tokens': 812,
      'gen_ai.usage.output_tokens': 31,
    });
    chat.end();
    const tool = tracer.startSpan('execute_tool search_orders', { attributes: TOOL }, inside);
    tool.setAttribute('gen_ai.tool.call.id', `call-${n}`);
    tool.end();
  }
  agent.end();
}

const AGENT = {
  'gen_ai.operation.name': 'invoke_agent',
  'gen_ai.agent.id': 'bench-agent',
  'gen_ai.agent.name': 'Bench agent',
  'gen_ai.agent.version': '1.0.0',
};
const CHAT = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-5-mini',
  'gen_ai.request.max_tokens': 1024,
  'gen_ai.request.temperature': 0.2,
  'server.address': 'api.openai.com',
  'server.port': 443,
};
const TOOL = {
  'gen_ai.operation.name': 'execute_tool',
  'gen_ai.tool.name': 'search_orders',
  'gen_ai.tool.type': 'function',
};
