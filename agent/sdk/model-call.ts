import { type Attributes, context, type Span, SpanKind, type Tracer, trace } from '@opentelemetry/api';
import type { Content, ContentPart, RequestedToolCall } from '../../engine/core/agent-span.ts';
import { contentDraft, finishContent } from '../../engine/core/dialects/content-draft.ts';
import { readMessages } from '../../engine/core/dialects/read-messages.ts';
import { endingWith, noteError } from './agent-run.ts';
import { answerAttributes, requestAttributes } from './exchange-attributes.ts';
import { quietly } from './quietly.ts';

export interface ModelCall {
  /** `openai`, `anthropic`, `aws.bedrock`, or another of OpenTelemetry's gen_ai.provider.name. */
  readonly provider: string;
  /** The body that the client is given: of OpenAI's chat completions or responses, Anthropic's messages, Bedrock's Converse. */
  readonly request: object;
  readonly tracer?: Tracer;
}

/**
 * Runs a call to a model as a span `chat` of OpenTelemetry's GenAI conventions, for clients that no instrumentation covers. Prompt,
 * messages, tools, answer, requested calls, finish reason and tokens are read from the bodies. Limit: of an answer that is a stream
 * nothing is known. Answers what the call answers.
 */
export function withModelCall<T>({ provider, request, tracer }: ModelCall, call: (span: Span) => T): T {
  const attributes = quietly<Attributes>(() => ({ ...requestAttributes(request), ...requestContent(request) }), {});
  const model = attributes['gen_ai.request.model'] ?? provider;
  const span = (tracer ?? trace.getTracer('spanwarden')).startSpan(`chat ${model}`, {
    kind: SpanKind.CLIENT,
    attributes: { 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': provider, ...attributes },
  });
  return endingWith(
    () => context.with(trace.setSpan(context.active(), span), () => call(span)),
    (error, answer) => {
      if (error !== undefined) noteError(span, error);
      else if (typeof answer === 'object' && answer !== null) {
        const answered = quietly<Attributes>(() => ({ ...answerAttributes(answer), ...answerContent(answer) }), {});
        span.setAttributes(answered);
      }
      span.end();
    },
  );
}

function requestContent(request: object): Attributes {
  const draft = contentDraft();
  readMessages(request, draft, { direction: 'input', roleless: 'user' });
  const { systemPrompt, input } = finishContent(draft);
  const tools = definitions(request);
  return {
    ...(systemPrompt !== undefined && {
      'gen_ai.system_instructions': JSON.stringify([{ type: 'text', content: systemPrompt }]),
    }),
    ...(input !== undefined && { 'gen_ai.input.messages': JSON.stringify(input.map(inputMessage)) }),
    ...(tools !== undefined && { 'gen_ai.tool.definitions': JSON.stringify(tools) }),
  };
}

function answerContent(answer: object): Attributes {
  const draft = contentDraft();
  readMessages(answer, draft, { direction: 'output', roleless: 'assistant' });
  const parts = outputParts(finishContent(draft));
  return parts.length === 0 ? {} : { 'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts }]) };
}

function inputMessage({ role, text }: ContentPart): object {
  const part = role === 'tool' ? { type: 'tool_call_response', response: text } : { type: 'text', content: text };
  return { role, parts: [part] };
}

function outputParts({ output = [], toolCalls = [] }: Partial<Content>): object[] {
  const calls = toolCalls.map((call: RequestedToolCall) => ({ type: 'tool_call', ...call }));
  return [...output.map(({ text }) => ({ type: 'text', content: text })), ...calls];
}

function definitions(request: object): unknown {
  const { tools, toolConfig } = request as { tools?: unknown; toolConfig?: { tools?: unknown } };
  return tools ?? toolConfig?.tools;
}
