import type { Attributes } from '@opentelemetry/api';
import type { DialectWriter, Message } from '../dialect-writer.ts';
import type { Story } from '../story.ts';

/** OpenLLMetry: workflow around agent around task spans, prompts and completions by index. */
export const openLlmetry: DialectWriter = {
  scope: () => ({ name: 'opentelemetry.instrumentation.langchain', version: '0.47.5' }),
  resource: ({ service, agent }) => ({
    'service.name': service,
    'service.version': agent.version,
    'telemetry.sdk.language': 'python',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '1.39.0',
  }),
  turn: ({ story, sessionId, turn }) => {
    const workflow = story.trigger ?? `${story.agent.name}_run`;
    return [
      {
        name: `${workflow}.workflow`,
        kind: 'internal',
        attributes: {
          ...entityOf('workflow', workflow, story, sessionId),
          'traceloop.entity.input': JSON.stringify({ inputs: { input: turn.user } }),
          'traceloop.entity.output': JSON.stringify({ outputs: { output: turn.answer } }),
        },
      },
      {
        name: `${story.agent.name}.agent`,
        kind: 'internal',
        attributes: {
          ...entityOf('agent', story.agent.name, story, sessionId),
          'gen_ai.agent.id': story.agent.id,
          'gen_ai.agent.name': story.agent.name,
          'gen_ai.agent.version': story.agent.version,
          'traceloop.entity.input': JSON.stringify({ input: turn.user }),
          'traceloop.entity.output': JSON.stringify({ output: turn.answer }),
        },
      },
    ];
  },
  model: ({ story, sessionId, messages, reply, tokens }) => [
    {
      name: `${story.provider}.chat`,
      kind: 'client',
      attributes: {
        ...associationOf(story, sessionId),
        'llm.request.type': 'chat',
        'gen_ai.system': story.provider,
        'gen_ai.request.model': story.model,
        'gen_ai.response.model': story.model,
        'gen_ai.prompt.0.role': 'system',
        'gen_ai.prompt.0.content': story.agent.system,
        ...Object.assign({}, ...messages.map((message, at) => toMessage(`gen_ai.prompt.${at + 1}`, message))),
        ...toMessage('gen_ai.completion.0', reply),
        'gen_ai.completion.0.finish_reason': reply.call ? 'tool_calls' : 'stop',
        'gen_ai.usage.prompt_tokens': tokens.input,
        'gen_ai.usage.completion_tokens': tokens.output,
        'llm.usage.total_tokens': tokens.input + tokens.output,
      },
    },
  ],
  tool: ({ story, sessionId, call }) => [
    {
      name: `${call.tool}.tool`,
      kind: 'internal',
      attributes: {
        ...entityOf('tool', call.tool, story, sessionId),
        'gen_ai.tool.call.id': call.id,
        'traceloop.entity.input': JSON.stringify(call.args),
        'traceloop.entity.output': call.result,
      },
    },
  ],
  retrieval: ({ story, sessionId, query, documents }) => [
    {
      name: 'VectorStoreRetriever.task',
      kind: 'internal',
      attributes: {
        ...entityOf('task', 'VectorStoreRetriever', story, sessionId),
        'traceloop.entity.input': JSON.stringify({ query }),
        'traceloop.entity.output': JSON.stringify(documents),
      },
    },
  ],
};

function entityOf(kind: string, name: string, story: Story, sessionId: string): Attributes {
  return {
    ...associationOf(story, sessionId),
    'traceloop.span.kind': kind,
    'traceloop.entity.name': name,
  };
}

function associationOf({ agent, trigger, user }: Story, sessionId: string): Attributes {
  return {
    'traceloop.workflow.name': trigger ?? `${agent.name}_run`,
    'traceloop.association.properties.session_id': sessionId,
    'traceloop.association.properties.user_id': user,
  };
}

function toMessage(prefix: string, message: Message): Attributes {
  if (message.role === 'tool') {
    return {
      [`${prefix}.role`]: 'tool',
      [`${prefix}.content`]: message.call.result,
      [`${prefix}.tool_call_id`]: message.call.id,
    };
  }
  const written: Attributes = { [`${prefix}.role`]: message.role };
  if (message.text !== '') written[`${prefix}.content`] = message.text;
  if (message.role === 'assistant' && message.call) {
    const { id, tool, args } = message.call;
    written[`${prefix}.tool_calls.0.id`] = id;
    written[`${prefix}.tool_calls.0.name`] = tool;
    written[`${prefix}.tool_calls.0.arguments`] = JSON.stringify(args);
  }
  return written;
}
