import { describe, expect, it } from 'vitest';
import { DIALECTS, NO_FIELDS, normalise } from '../../../../engine/core/dialects/normalise.ts';
import { aSpan, fieldsOf } from './a-span.ts';

describe('precedence', () => {
  it('stands in one list', () => {
    expect(DIALECTS.map(({ name }) => name)).toEqual([
      'tracectrl',
      'claude-code',
      'gemini-cli',
      'codex',
      'coding-agent',
      'langfuse',
      'langsmith',
      'vercel-ai',
      'openllmetry',
      'otel-genai',
      'openinference',
    ]);
  });

  it('gives each field to the first dialect that says it, whatever else that one leaves out', () => {
    const fields = fieldsOf({
      'tracectrl.session_id': 'from tracectrl',
      'tracectrl.agent.name': '',
      'gen_ai.conversation.id': 'from otel',
      'gen_ai.agent.name': 'named by otel',
      'gen_ai.request.model': 'm1',
      'session.id': 'from openinference',
      'agent.name': 'named by openinference',
      'openinference.span.kind': 'LLM',
      'llm.model_name': 'm2',
      'llm.finish_reason': 'stop',
    });
    expect(fields).toMatchObject({
      dialects: ['tracectrl', 'otel-genai', 'openinference'],
      kind: 'llm',
      sessionId: 'from tracectrl',
      agentName: 'named by otel',
      requestModel: 'm1',
      finishReason: 'stop',
    });
  });

  it('lets TraceCtrl’s explicit attributes win', () => {
    const fields = fieldsOf({
      'tracectrl.agent.id': 'billing',
      'tracectrl.caller.agent_id': 'planner',
      'tracectrl.memory.operation': 'read',
      'tracectrl.memory.store_id': 'm1',
      'gen_ai.agent.id': 'asst_9',
      'gen_ai.operation.name': 'upsert_memory',
      'gen_ai.memory.store.id': 'm2',
    });
    expect(fields).toMatchObject({
      agentId: 'billing',
      callerAgentId: 'planner',
      memoryOperation: 'read',
      memoryStoreId: 'm1',
    });
  });

  it('merges content by field: messages of one dialect, the tools of another', () => {
    const fields = fieldsOf({
      'gen_ai.input.messages': '[{"role":"user","content":"from otel"}]',
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.content': 'from openinference',
      'llm.tools.0.tool.json_schema': '{"name":"f"}',
    });
    expect(fields.content.input).toEqual([{ role: 'user', text: 'from otel' }]);
    expect(fields.content.toolDefinitions).toBe('[{"name":"f"}]');
  });

  it('takes tokens as one: the parts of a count keep the meaning that their dialect gives them', () => {
    const fields = fieldsOf({
      'ai.operationId': 'ai.generateText.doGenerate',
      'ai.model.provider': 'anthropic.messages',
      'ai.usage.inputTokens': 40,
      'gen_ai.usage.input_tokens': 40,
      'gen_ai.usage.cache_read.input_tokens': 30,
      'gen_ai.usage.reasoning.output_tokens': 2,
      'gen_ai.usage.output_tokens': 5,
    });
    expect(fields.tokens).toEqual({ uncachedInput: 40, cacheRead: 30, cacheWrite: 0, output: 5, reasoning: 2 });
  });
});

describe('a span that speaks no dialect', () => {
  const span = aSpan(
    { 'http.request.method': 'GET', 'server.address': 'a', 'session.id': 's', gen_aix: 1 },
    { name: 'GET' },
  );

  it('passes as it is, with empty fields', () => {
    const { agent, ...rest } = normalise(span);
    expect(rest).toEqual(span);
    expect(agent).toBe(NO_FIELDS);
    expect(agent).toMatchObject({ dialects: [], kind: '', sessionId: '', content: { input: [], systemPrompt: '' } });
  });

  it('shares fields that nobody can write to', () => {
    expect(() => Object.assign(normalise(span).agent, { kind: 'llm' })).toThrow(TypeError);
    expect(() => (NO_FIELDS.content.input as unknown[]).push(1)).toThrow(TypeError);
  });
});

it('leaves the span it was given alone', () => {
  const span = aSpan({
    'gen_ai.operation.name': 'chat',
    'gen_ai.prompt.0.role': 'user',
    'gen_ai.prompt.0.content': 'hi',
  });
  const before = structuredClone({ ...span, attributes: { ...span.attributes } });
  normalise(span);
  expect({ ...span, attributes: { ...span.attributes } }).toEqual(before);
});
