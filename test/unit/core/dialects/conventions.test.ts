import { describe, expect, it } from 'vitest';
import { anEvent, fieldsOf } from './a-span.ts';

const USER = { role: 'user', text: 'hi' };
const HELLO = { role: 'assistant', text: 'hello' };

describe('kinds', () => {
  it.each([
    ['chat', 'llm'],
    ['text_completion', 'llm'],
    ['generate_content', 'llm'],
    ['embeddings', 'embedding'],
    ['invoke_agent', 'agent'],
    ['create_agent', 'agent'],
    ['agent_step', 'agent'],
    ['invoke_workflow', 'chain'],
    ['plan', 'chain'],
    ['execute_tool', 'tool'],
    ['retrieval', 'retriever'],
    ['run_guardrail', 'guardrail'],
    ['search_memory', 'memory'],
    ['upsert_memory', 'memory'],
    ['delete_memory_store', 'memory'],
    ['constructor', ''],
  ])('gen_ai.operation.name %s is %j', (operation, kind) => {
    expect(fieldsOf({ 'gen_ai.operation.name': operation }).kind).toBe(kind);
  });

  it.each([
    ['LLM', 'llm'],
    ['EMBEDDING', 'embedding'],
    ['CHAIN', 'chain'],
    ['PROMPT', 'chain'],
    ['RETRIEVER', 'retriever'],
    ['RERANKER', 'retriever'],
    ['TOOL', 'tool'],
    ['AGENT', 'agent'],
    ['GUARDRAIL', 'guardrail'],
    ['EVALUATOR', 'evaluator'],
    ['__proto__', ''],
  ])('openinference.span.kind %s is %j', (sent, kind) => {
    expect(fieldsOf({ 'openinference.span.kind': sent }).kind).toBe(kind);
  });

  it.each([
    ['coding_agent.session', 'agent'],
    ['coding_agent.llm.turn', 'llm'],
    ['coding_agent.tool.call', 'tool'],
    ['coding_agent.edit.decision', 'guardrail'],
    ['coding_agent.subagent', 'agent'],
    ['coding_agent.git.commit', 'chain'],
  ])('the span %s is %s', (name, kind) => {
    expect(fieldsOf({}, { name }).kind).toBe(kind);
  });

  it('a tool’s name or call id makes a tool where the operation is left out', () => {
    expect(fieldsOf({ 'gen_ai.tool.name': 'f' }).kind).toBe('tool');
    expect(fieldsOf({ 'gen_ai.tool.call.id': '1' }).kind).toBe('tool');
    expect(fieldsOf({ 'gen_ai.tool.name': 'f', 'gen_ai.operation.name': 'chat' }).kind).toBe('llm');
  });
});

describe('OpenTelemetry GenAI', () => {
  it('reads an agent', () => {
    const fields = fieldsOf(
      {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.id': 'asst_1',
        'gen_ai.agent.name': 'support',
        'gen_ai.agent.version': '2.1.0',
        'gen_ai.agent.description': 'Answers.',
        'gen_ai.conversation.id': 'c1',
        'gen_ai.workflow.name': 'flow',
        'enduser.id': 'u1',
      },
      { resource: { attributes: { 'deployment.environment.name': 'production' } } },
    );
    expect(fields).toMatchObject({
      kind: 'agent',
      agentId: 'asst_1',
      agentName: 'support',
      agentVersion: '2.1.0',
      agentDescription: 'Answers.',
      sessionId: 'c1',
      workflow: 'flow',
      userId: 'u1',
      environment: 'production',
    });
  });

  it('reads an MCP call', () => {
    const fields = fieldsOf({
      'mcp.method.name': 'tools/call',
      'mcp.session.id': 'm1',
      'gen_ai.tool.name': 'read_mail',
      'gen_ai.tool.call.arguments': '{"folder":"inbox"}',
      'gen_ai.tool.call.result': [{ type: 'text', text: 'one mail' }],
    });
    expect(fields).toMatchObject({
      dialects: ['otel-genai'],
      kind: 'tool',
      toolName: 'read_mail',
      toolType: 'mcp',
      content: { toolArguments: '{"folder":"inbox"}', toolResult: 'one mail' },
    });
    expect(fieldsOf({ 'mcp.method.name': 'tools/list' }).kind).toBe('');
    expect(fieldsOf({ 'gen_ai.tool.name': 'mcp__mail__send' }).mcpServer).toBe('mail');
  });

  it('reads a guardrail’s verdict', () => {
    const fields = fieldsOf({ 'gen_ai.operation.name': 'run_guardrail', 'gen_ai.guardrail.verdict.type': 'deny' });
    expect(fields).toMatchObject({ kind: 'guardrail', guardrailVerdict: 'deny' });
  });

  it('reads memory: what a search finds is memory, what a write stores goes out', () => {
    const records = '[{"id":"1","content":"likes tea","score":0.9}]';
    const search = fieldsOf({
      'gen_ai.operation.name': 'search_memory',
      'gen_ai.memory.store.id': 'm1',
      'gen_ai.memory.query.text': 'drinks',
      'gen_ai.memory.records': records,
    });
    expect(search).toMatchObject({
      memoryOperation: 'read',
      memoryStoreId: 'm1',
      content: { toolArguments: 'drinks', input: [{ role: 'memory', text: 'likes tea' }] },
    });
    const write = fieldsOf({ 'gen_ai.operation.name': 'upsert_memory', 'gen_ai.memory.records': records });
    expect(write).toMatchObject({ memoryOperation: 'write', content: { toolArguments: records, input: [] } });
    expect(fieldsOf({ 'gen_ai.operation.name': 'delete_memory' }).memoryOperation).toBe('delete');
  });

  it('reads a retrieval: documents are documents', () => {
    const fields = fieldsOf({
      'gen_ai.operation.name': 'retrieval',
      'gen_ai.retrieval.query.text': 'refunds',
      'gen_ai.retrieval.documents': '[{"id":"d1","content":"30 days"},{"id":"d2","score":1}]',
    });
    expect(fields.content).toMatchObject({
      toolArguments: 'refunds',
      input: [
        { role: 'document', text: '30 days' },
        { role: 'document', text: '{"id":"d2","score":1}' },
      ],
    });
  });

  it('reads system instructions of several parts, and not again from the messages', () => {
    const fields = fieldsOf({
      'gen_ai.system_instructions': '[{"type":"text","content":"One."},{"type":"text","content":"Two."}]',
      'gen_ai.input.messages':
        '[{"role":"system","parts":[{"type":"text","content":"One."}]},{"role":"user","parts":[{"type":"text","content":"hi"}]}]',
    });
    expect(fields.content).toMatchObject({ systemPrompt: 'One.\nTwo.', input: [USER] });
  });

  it.each([
    [
      'gen_ai.*.message and gen_ai.choice with their fields as attributes',
      [
        anEvent('gen_ai.system.message', { content: 'Be kind.' }),
        anEvent('gen_ai.user.message', { content: 'hi' }),
        anEvent('gen_ai.assistant.message', { content: 'thinking' }),
        anEvent('gen_ai.tool.message', { content: 'rain', id: 't1' }),
        anEvent('gen_ai.choice', {
          index: 0,
          finish_reason: 'stop',
          message: '{"role":"assistant","content":"hello"}',
        }),
      ],
    ],
    [
      'the body as JSON in one attribute',
      [
        anEvent('gen_ai.system.message', { 'gen_ai.event.content': '{"role":"system","content":"Be kind."}' }),
        anEvent('gen_ai.user.message', { 'gen_ai.event.content': '{"content":"hi"}' }),
        anEvent('gen_ai.assistant.message', { 'gen_ai.event.content': '{"content":"thinking"}' }),
        anEvent('gen_ai.tool.message', { 'gen_ai.event.content': '{"content":"rain","id":"t1"}' }),
        anEvent('gen_ai.choice', { 'gen_ai.event.content': '{"message":{"content":"hello"},"finish_reason":"stop"}' }),
      ],
    ],
    [
      'gen_ai.content.prompt and gen_ai.content.completion',
      [
        anEvent('gen_ai.content.prompt', {
          'gen_ai.prompt':
            '[{"role":"system","content":"Be kind."},{"role":"user","content":"hi"},{"role":"assistant","content":"thinking"},{"role":"tool","content":"rain"}]',
        }),
        anEvent('gen_ai.content.completion', { 'gen_ai.completion': '[{"role":"assistant","content":"hello"}]' }),
      ],
    ],
    [
      'gen_ai.client.inference.operation.details',
      [
        anEvent('gen_ai.client.inference.operation.details', {
          'gen_ai.system_instructions': [{ type: 'text', content: 'Be kind.' }],
          'gen_ai.input.messages': [
            { role: 'user', parts: [{ type: 'text', content: 'hi' }] },
            { role: 'assistant', parts: [{ type: 'text', content: 'thinking' }] },
            { role: 'tool', parts: [{ type: 'tool_call_response', id: 't1', response: 'rain' }] },
          ],
          'gen_ai.output.messages': [{ role: 'assistant', parts: [{ type: 'text', content: 'hello' }] }],
        }),
      ],
    ],
  ])('reads events: %s', (_form, events) => {
    const { content } = fieldsOf({ 'gen_ai.operation.name': 'chat' }, { events });
    expect(content).toMatchObject({
      systemPrompt: 'Be kind.',
      input: [USER, { role: 'assistant', text: 'thinking' }, { role: 'tool', text: 'rain' }],
      output: [HELLO],
    });
  });

  it('reads calls out of a choice', () => {
    const call = { id: 't1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } };
    const expected = [{ id: 't1', name: 'f', arguments: '{"a":1}' }];
    for (const attributes of [{ tool_calls: [call] }, { message: JSON.stringify({ tool_calls: [call] }) }]) {
      const events = [anEvent('gen_ai.choice', attributes)];
      expect(fieldsOf({ 'gen_ai.operation.name': 'chat' }, { events }).content.toolCalls).toEqual(expected);
    }
  });

  it('reads the first Pydantic AI format, events in an attribute', () => {
    const events = JSON.stringify([
      { 'event.name': 'gen_ai.system.message', content: 'Be kind.', role: 'system' },
      { 'event.name': 'gen_ai.user.message', content: 'hi', role: 'user' },
      { 'event.name': 'gen_ai.choice', index: 0, message: { role: 'assistant', content: 'hello' } },
    ]);
    expect(fieldsOf({ 'gen_ai.operation.name': 'chat', events }).content).toMatchObject({
      systemPrompt: 'Be kind.',
      input: [USER],
      output: [HELLO],
    });
  });

  it.each([
    ['OpenAI', 'openai'],
    ['openai.chat', 'openai'],
    ['anthropic.messages', 'anthropic'],
    ['az.ai.openai', 'azure.ai.openai'],
    ['azure.ai.openai', 'azure.ai.openai'],
    ['vertexai', 'gcp.vertex_ai'],
    ['xai', 'x_ai'],
    ['our-own-gateway', 'our-own-gateway'],
    ['langchain', ''],
  ])('counts the vendor %s as %j', (sent, provider) => {
    expect(fieldsOf({ 'gen_ai.system': sent }).provider).toBe(provider);
  });

  it.each([
    [['stop', 'length'], 'stop'],
    ['["stop"]', 'stop'],
    ['stop', 'stop'],
  ])('finish reasons %j', (sent, reason) => {
    expect(fieldsOf({ 'gen_ai.response.finish_reasons': sent }).finishReason).toBe(reason);
  });
});

describe('OpenInference', () => {
  it('takes a schema in tool.parameters for no arguments', () => {
    const tool = { 'openinference.span.kind': 'TOOL', 'tool.name': 'f', 'input.value': '{"city":"Rome"}' };
    const schema = '{"type":"object","properties":{"city":{"type":"string"}}}';
    expect(fieldsOf({ ...tool, 'tool.parameters': schema }).content.toolArguments).toBe('{"city":"Rome"}');
    expect(fieldsOf({ ...tool, 'tool.parameters': '{"city":"Oslo"}' }).content.toolArguments).toBe('{"city":"Oslo"}');
  });

  it('reads plain values by the kind of the span', () => {
    const values = { 'input.value': 'in', 'output.value': 'out' };
    const content = (kind: string, parentSpanId = '') =>
      fieldsOf({ ...values, 'openinference.span.kind': kind }, { parentSpanId }).content;
    expect(content('AGENT')).toMatchObject({
      input: [{ role: 'user', text: 'in' }],
      output: [{ role: 'assistant', text: 'out' }],
    });
    expect(content('TOOL')).toMatchObject({ toolArguments: 'in', toolResult: 'out', input: [], output: [] });
    expect(content('RETRIEVER')).toMatchObject({ toolArguments: 'in', input: [{ role: 'document', text: 'out' }] });
    expect(content('EMBEDDING').input).toEqual([{ role: 'document', text: 'in' }]);
    expect(content('CHAIN').input).toEqual([{ role: 'user', text: 'in' }]);
    // Inside a chain nobody says whose text it is: it may be a tool's.
    expect(content('CHAIN', 'b7ad6b7169203330')).toMatchObject({ input: [], output: [] });
  });

  it('reads a reranker’s documents', () => {
    const fields = fieldsOf({
      'openinference.span.kind': 'RERANKER',
      'reranker.output_documents.0.document.content': 'first',
      'reranker.output_documents.1.document.content': 'second',
    });
    expect(fields.content.input.map(({ text }) => text)).toEqual(['first', 'second']);
  });
});

describe('OpenLIT’s coding agents', () => {
  it('takes the session and the client from the resource', () => {
    const fields = fieldsOf(
      { 'coding_agent.edit.decision': 'reject', 'coding_agent.policy.permission_mode': 'plan' },
      {
        name: 'coding_agent.edit.decision',
        resource: {
          attributes: { 'coding_agent.session.id': 's1', 'coding_agent.client': 'cursor', 'gen_ai.user.name': 'ada' },
        },
      },
    );
    expect(fields).toMatchObject({
      dialects: ['coding-agent'],
      kind: 'guardrail',
      sessionId: 's1',
      userId: 'ada',
      agentFramework: 'cursor',
      guardrailVerdict: 'reject',
      permissionMode: 'plan',
    });
  });
});
