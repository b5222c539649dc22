import { createHash } from 'node:crypto';
import { type Attributes, emptyAttributes } from '../core/attributes.ts';
import type { TestSpan } from '../core/rule-test.ts';
import type { Span } from '../core/span.ts';

/** Gap between the starts of spans that name no time, milliseconds. */
const STEP_MS = 2_000;

/** The spans of a rule test as OTLP spans in OpenTelemetry's GenAI conventions. `start` in milliseconds since 1970. */
export function toOtlpSpans(
  test: string,
  spans: readonly TestSpan[],
  start: number,
): { span: Span; source: TestSpan }[] {
  let at = 0;
  return spans.flatMap((source, index) => {
    at = source.at ?? at;
    return Array.from({ length: source.repeat }, (_, copy) => {
      const startMs = start + at;
      at += STEP_MS;
      return { source, span: toSpan(test, source, `${source.id ?? index}${copy === 0 ? '' : `#${copy}`}`, startMs) };
    });
  });
}

/** Ids are made from names, so a test can say which span it means. */
export function testSpanId(test: string, name: string): string {
  return digest(test, 'span', name).slice(0, 16);
}

/** Sessions of different tests never meet. */
export function testSessionId(test: string, session: string): string {
  return `${test}/${session}`;
}

function toSpan(test: string, source: TestSpan, name: string, startMs: number): Span {
  return {
    traceId: digest(test, 'trace', source.trace),
    spanId: testSpanId(test, name),
    parentSpanId: source.parent === undefined ? '' : testSpanId(test, source.parent),
    traceState: '',
    name: source.name ?? `${OPERATIONS[source.kind]} ${source.tool ?? source.agent}`,
    kind: 'Internal',
    startTimeUnixNano: BigInt(startMs) * 1_000_000n,
    endTimeUnixNano: BigInt(startMs + source.took) * 1_000_000n,
    statusCode: source.error === undefined ? 'Ok' : 'Error',
    statusMessage: source.error ?? '',
    resource: { attributes: Object.assign(emptyAttributes(), { 'service.name': 'rule-test' }) },
    scope: { name: 'rule-test', version: '1', attributes: emptyAttributes() },
    attributes: attributesOf(test, source, name),
    events: [],
    links: [],
  };
}

const OPERATIONS = {
  llm: 'chat',
  agent: 'invoke_agent',
  tool: 'execute_tool',
  retriever: 'retrieval',
  chain: 'invoke_workflow',
} as const;

function attributesOf(test: string, source: TestSpan, name: string): Attributes {
  const message = (role: string, content: string) => JSON.stringify([{ role, parts: [{ type: 'text', content }] }]);
  const args = typeof source.args === 'object' ? JSON.stringify(source.args) : source.args;
  const given: Record<string, string | number | boolean | undefined> = {
    'gen_ai.operation.name': OPERATIONS[source.kind],
    'gen_ai.conversation.id': testSessionId(test, source.session),
    'gen_ai.agent.id': source.agent,
    'gen_ai.agent.name': source.agent,
    'gen_ai.agent.version': source.version,
    'user.id': source.user,
    'gen_ai.request.model': source.kind === 'llm' ? source.model : undefined,
    'gen_ai.system_instructions': source.system && JSON.stringify([{ type: 'text', content: source.system }]),
    'gen_ai.input.messages': source.prompt && message('user', source.prompt),
    'gen_ai.output.messages': source.answer && message('assistant', source.answer),
    'gen_ai.tool.name': source.tool,
    'gen_ai.tool.call.id': source.tool && `call-${name}`,
    'gen_ai.tool.call.arguments': args,
    'gen_ai.tool.call.result': source.result,
    'gen_ai.agent.step': source.step,
    'gen_ai.agent.step.count': source.steps,
    'error.type': source.error,
    ...source.attributes,
  };
  const attributes = emptyAttributes();
  for (const [key, value] of Object.entries(given)) if (value !== undefined) attributes[key] = value;
  return attributes;
}

function digest(...parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}
