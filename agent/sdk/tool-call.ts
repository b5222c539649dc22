import { type Attributes, context, type Span, type Tracer, trace } from '@opentelemetry/api';
import { textOf } from '../../engine/core/dialects/plain-text.ts';
import { endingWith, noteError } from './agent-run.ts';
import { quietly } from './quietly.ts';

export interface ToolCall {
  readonly name: string;
  /** The id that the model gave the call. */
  readonly id?: string;
  readonly description?: string;
  /** As the model wrote them: a structure, or the text of its JSON. */
  readonly arguments?: unknown;
  readonly tracer?: Tracer;
}

/** Runs a tool as a span `execute_tool` of OpenTelemetry's GenAI conventions, with its result. Answers what the tool answers. */
export function withToolCall<T>(call: ToolCall, work: (span: Span) => T): T {
  const { name, id, description, tracer } = call;
  const attributes: Attributes = {
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': name,
    ...(id !== undefined && { 'gen_ai.tool.call.id': id }),
    ...(description !== undefined && { 'gen_ai.tool.description': description }),
    ...(call.arguments !== undefined && { 'gen_ai.tool.call.arguments': asText(call.arguments) }),
  };
  const span = (tracer ?? trace.getTracer('spanwarden')).startSpan(`execute_tool ${name}`, { attributes });
  return endingWith(
    () => context.with(trace.setSpan(context.active(), span), () => work(span)),
    (error, result) => {
      if (error !== undefined) noteError(span, error);
      else if (result !== undefined) span.setAttribute('gen_ai.tool.call.result', asText(result));
      span.end();
    },
  );
}

function asText(value: unknown): string {
  return quietly(() => textOf(value), '');
}
