import type { Attributes } from '@opentelemetry/api';
import type { DialectWriter, Message } from '../dialect-writer.ts';
import type { Story } from '../story.ts';

/** OpenTelemetry's GenAI conventions, as of semantic conventions 1.41, with the agent's steps and decisions. */
export const otelGenAi: DialectWriter = {
  scope: () => ({ name: 'opentelemetry.instrumentation.openai_agents', version: '0.49.1' }),
  resource: ({ service, agent }) => ({
    'service.name': service,
    'service.version': agent.version,
    'telemetry.sdk.language': 'python',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '1.39.0',
    'deployment.environment.name': 'demo',
  }),
  turn: ({ story, sessionId, turn, messages, steps, tokens }) => [
    {
      name: story.trigger ?? `invoke_agent ${story.agent.name}`,
      kind: 'internal',
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        ...agentOf(story, sessionId),
        'gen_ai.agent.description': story.agent.description,
        'gen_ai.agent.step.count': steps,
        'gen_ai.request.model': story.model,
        'gen_ai.system_instructions': systemOf(story),
        'gen_ai.input.messages': JSON.stringify(messages.map(toMessage)),
        'gen_ai.output.messages': JSON.stringify([
          { ...toMessage({ role: 'assistant', text: turn.answer }), finish_reason: 'stop' },
        ]),
        'gen_ai.usage.input_tokens': tokens.input,
        'gen_ai.usage.output_tokens': tokens.output,
      },
    },
  ],
  model: ({ story, sessionId, messages, reply, step, tokens }) => [
    {
      name: `chat ${story.model}`,
      kind: 'client',
      attributes: {
        'gen_ai.operation.name': 'chat',
        ...agentOf(story, sessionId),
        'gen_ai.agent.step': step,
        'gen_ai.agent.decision': reply.call ? 'call_tool' : 'final_answer',
        ...(reply.call && { 'gen_ai.agent.decision.tool': reply.call.tool }),
        'gen_ai.request.model': story.model,
        'gen_ai.response.model': story.model,
        'gen_ai.response.finish_reasons': [reply.call ? 'tool_calls' : 'stop'],
        'gen_ai.system_instructions': systemOf(story),
        'gen_ai.input.messages': JSON.stringify(messages.map(toMessage)),
        'gen_ai.output.messages': JSON.stringify([
          { ...toMessage(reply), finish_reason: reply.call ? 'tool_call' : 'stop' },
        ]),
        'gen_ai.usage.input_tokens': tokens.input,
        'gen_ai.usage.output_tokens': tokens.output,
      },
    },
  ],
  tool: ({ story, sessionId, call }) => [
    {
      name: `execute_tool ${call.tool}`,
      kind: 'internal',
      attributes: {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.conversation.id': sessionId,
        'gen_ai.agent.name': story.agent.name,
        'gen_ai.tool.name': call.tool,
        'gen_ai.tool.type': 'function',
        'gen_ai.tool.call.id': call.id,
        'gen_ai.tool.call.arguments': JSON.stringify(call.args),
        'gen_ai.tool.call.result': call.result,
      },
    },
  ],
  retrieval: ({ sessionId, query, documents }) => [
    {
      name: 'retrieval knowledge',
      kind: 'client',
      attributes: {
        'gen_ai.operation.name': 'retrieval',
        'gen_ai.conversation.id': sessionId,
        'gen_ai.data_source.id': 'knowledge',
        'gen_ai.retrieval.query.text': query,
        'gen_ai.retrieval.documents': JSON.stringify(documents),
      },
    },
  ],
};

function agentOf({ agent, provider, user }: Story, sessionId: string): Attributes {
  return {
    'gen_ai.provider.name': provider,
    'gen_ai.agent.id': agent.id,
    'gen_ai.agent.name': agent.name,
    'gen_ai.agent.version': agent.version,
    'gen_ai.conversation.id': sessionId,
    'user.id': user,
  };
}

function systemOf({ agent }: Story): string {
  return JSON.stringify([{ type: 'text', content: agent.system }]);
}

function toMessage(message: Message) {
  if (message.role === 'tool') {
    const { id, result } = message.call;
    return { role: 'tool', parts: [{ type: 'tool_call_response', id, response: result }] };
  }
  const parts: object[] = message.text === '' ? [] : [{ type: 'text', content: message.text }];
  if (message.role === 'assistant' && message.call) {
    const { id, tool, args } = message.call;
    parts.push({ type: 'tool_call', id, name: tool, arguments: args });
  }
  return { role: message.role, parts };
}
