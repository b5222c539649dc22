import type { Attributes } from '@opentelemetry/api';
import type { DialectWriter, Message, Tokens } from '../dialect-writer.ts';
import type { Story } from '../story.ts';

/** Vercel AI SDK 5: ai.generateText around ai.generateText.doGenerate and ai.toolCall spans. */
export const vercelAi: DialectWriter = {
  scope: () => ({ name: 'ai', version: '' }),
  resource: ({ service, agent }) => ({
    'service.name': service,
    'service.version': agent.version,
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '2.2.0',
  }),
  turn: ({ story, sessionId, turn, messages, tokens }) => [
    {
      name: 'ai.generateText',
      kind: 'internal',
      attributes: {
        ...operationOf('ai.generateText', story, sessionId),
        'ai.prompt': JSON.stringify({ system: story.agent.system, messages: messages.map(toMessage) }),
        'ai.response.text': turn.answer,
        'ai.response.finishReason': 'stop',
        ...usageOf(tokens),
      },
    },
  ],
  model: ({ story, sessionId, messages, reply, tokens }) => {
    const finishReason = reply.call ? 'tool-calls' : 'stop';
    return [
      {
        name: 'ai.generateText.doGenerate',
        kind: 'internal',
        attributes: {
          ...operationOf('ai.generateText.doGenerate', story, sessionId),
          'ai.prompt.messages': JSON.stringify([
            { role: 'system', content: story.agent.system },
            ...messages.map(toMessage),
          ]),
          ...(reply.text !== '' && { 'ai.response.text': reply.text }),
          ...(reply.call && { 'ai.response.toolCalls': JSON.stringify([toToolCall(reply)]) }),
          'ai.response.finishReason': finishReason,
          'ai.response.model': story.model,
          ...usageOf(tokens),
          'gen_ai.system': `${story.provider}.chat`,
          'gen_ai.request.model': story.model,
          'gen_ai.response.model': story.model,
          'gen_ai.response.finish_reasons': [finishReason],
          'gen_ai.usage.input_tokens': tokens.input,
          'gen_ai.usage.output_tokens': tokens.output,
        },
      },
    ];
  },
  tool: ({ story, sessionId, call }) => [
    toolSpan(story, sessionId, call.tool, call.id, JSON.stringify(call.args), call.result),
  ],
  retrieval: ({ story, sessionId, query, documents }) => [
    toolSpan(story, sessionId, 'search_documents', 'call_search', JSON.stringify({ query }), JSON.stringify(documents)),
  ],
};

function toolSpan(story: Story, sessionId: string, tool: string, id: string, args: string, result: string) {
  return {
    name: 'ai.toolCall',
    kind: 'internal',
    attributes: {
      ...operationOf('ai.toolCall', story, sessionId),
      'ai.toolCall.name': tool,
      'ai.toolCall.id': id,
      'ai.toolCall.args': args,
      'ai.toolCall.result': JSON.stringify(result),
    },
  } as const;
}

function operationOf(operation: string, { agent, provider, model, user }: Story, sessionId: string): Attributes {
  return {
    'operation.name': `${operation} ${agent.id}`,
    'ai.operationId': operation,
    'resource.name': agent.id,
    'ai.telemetry.functionId': agent.id,
    'ai.telemetry.metadata.sessionId': sessionId,
    'ai.telemetry.metadata.userId': user,
    ...(operation !== 'ai.toolCall' && {
      'ai.model.provider': `${provider}.chat`,
      'ai.model.id': model,
      'ai.settings.maxRetries': 2,
    }),
  };
}

function usageOf({ input, output }: Tokens): Attributes {
  return { 'ai.usage.inputTokens': input, 'ai.usage.outputTokens': output, 'ai.usage.totalTokens': input + output };
}

function toMessage(message: Message) {
  if (message.role === 'tool') {
    const { id, tool, result } = message.call;
    return {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: id, toolName: tool, output: { type: 'text', value: result } }],
    };
  }
  const content: object[] = message.text === '' ? [] : [{ type: 'text', text: message.text }];
  if (message.role === 'assistant' && message.call) content.push({ type: 'tool-call', ...toToolCall(message) });
  return { role: message.role, content };
}

function toToolCall({ call }: Message & { role: 'assistant' }) {
  return { toolCallId: call?.id, toolName: call?.tool, input: call?.args };
}
