import type { Attributes } from '@opentelemetry/api';
import type { DialectWriter, Message } from '../dialect-writer.ts';
import type { Story } from '../story.ts';

/** OpenInference, as its LlamaIndex instrumentation writes it: flattened messages, documents by index. */
export const openInference: DialectWriter = {
  scope: () => ({ name: 'openinference.instrumentation.llama_index', version: '4.3.9' }),
  resource: ({ service, agent }) => ({
    'service.name': service,
    'service.version': agent.version,
    'telemetry.sdk.language': 'python',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '1.39.0',
    'openinference.project.name': 'demo',
  }),
  turn: ({ story, sessionId, turn }) => [
    {
      name: story.trigger ?? `${story.agent.name}.run`,
      kind: 'internal',
      attributes: {
        ...spanOf('AGENT', story, sessionId),
        'input.value': turn.user,
        'input.mime_type': 'text/plain',
        'output.value': turn.answer,
        'output.mime_type': 'text/plain',
      },
    },
  ],
  model: ({ story, sessionId, messages, reply, tokens }) => [
    {
      name: 'FunctionCallingLLM.achat',
      kind: 'internal',
      attributes: {
        ...spanOf('LLM', story, sessionId),
        'llm.system': story.provider,
        'llm.provider': story.provider,
        'llm.model_name': story.model,
        'llm.invocation_parameters': JSON.stringify({ temperature: 0.1 }),
        ...flatten('llm.input_messages.0', { 'message.role': 'system', 'message.content': story.agent.system }),
        ...Object.assign(
          {},
          ...messages.map((message, at) => flatten(`llm.input_messages.${at + 1}`, toMessage(message))),
        ),
        ...flatten('llm.output_messages.0', toMessage(reply)),
        'llm.token_count.prompt': tokens.input,
        'llm.token_count.completion': tokens.output,
        'llm.token_count.total': tokens.input + tokens.output,
      },
    },
  ],
  tool: ({ story, sessionId, call }) => [
    {
      name: call.tool,
      kind: 'internal',
      attributes: {
        ...spanOf('TOOL', story, sessionId),
        'tool.name': call.tool,
        'tool.id': call.id,
        'tool.parameters': JSON.stringify(call.args),
        'input.value': JSON.stringify(call.args),
        'input.mime_type': 'application/json',
        'output.value': call.result,
        'output.mime_type': 'text/plain',
      },
    },
  ],
  retrieval: ({ story, sessionId, query, documents }) => [
    {
      name: 'VectorIndexRetriever.aretrieve',
      kind: 'internal',
      attributes: {
        ...spanOf('RETRIEVER', story, sessionId),
        'input.value': query,
        'input.mime_type': 'text/plain',
        ...Object.assign(
          {},
          ...documents.map(({ id, content, score }, at) =>
            flatten(`retrieval.documents.${at}`, {
              'document.id': id,
              'document.content': content,
              'document.score': score,
            }),
          ),
        ),
      },
    },
  ],
};

function spanOf(kind: string, { agent, user }: Story, sessionId: string): Attributes {
  return {
    'openinference.span.kind': kind,
    'session.id': sessionId,
    'user.id': user,
    ...(kind === 'AGENT' && { 'agent.name': agent.name }),
  };
}

function toMessage(message: Message): Attributes {
  if (message.role === 'tool') {
    return {
      'message.role': 'tool',
      'message.name': message.call.tool,
      'message.tool_call_id': message.call.id,
      'message.content': message.call.result,
    };
  }
  const written: Attributes = { 'message.role': message.role };
  if (message.text !== '') written['message.content'] = message.text;
  if (message.role === 'assistant' && message.call) {
    const { id, tool, args } = message.call;
    Object.assign(
      written,
      flatten('message.tool_calls.0', {
        'tool_call.id': id,
        'tool_call.function.name': tool,
        'tool_call.function.arguments': JSON.stringify(args),
      }),
    );
  }
  return written;
}

function flatten(prefix: string, attributes: Attributes): Attributes {
  return Object.fromEntries(Object.entries(attributes).map(([key, value]) => [`${prefix}.${key}`, value]));
}
