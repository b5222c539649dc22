import { afterAll, describe, expect, it } from 'vitest';
import { readSpan } from '../../../agent/sdk/read-span.ts';
import { withModelCall } from '../../../agent/sdk/sdk.ts';
import { normalise } from '../../../engine/core/dialects/normalise.ts';
import { type ModelServer, startModelServer } from '../../model-server.ts';
import { recording } from './recorded-spans.ts';

const server: ModelServer = await startModelServer([
  { tool: 'lookup', arguments: { id: 7 } },
  { text: 'It is seven.' },
]);
afterAll(() => server.close());

const SCHEMA = { type: 'object', properties: { id: { type: 'number' } } };
const RESULT = 'found 7';

/** The same conversation, before and after the tool has answered, as each API takes it. */
const FORMATS = [
  {
    provider: 'openai',
    path: '/v1/chat/completions',
    request: (answered: boolean) => ({
      model: 'm',
      max_tokens: 64,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Which?' },
        ...(answered
          ? [
              {
                role: 'assistant',
                content: null,
                tool_calls: [{ id: 'c', type: 'function', function: { name: 'lookup', arguments: '{"id":7}' } }],
              },
              { role: 'tool', tool_call_id: 'c', content: RESULT },
            ]
          : []),
      ],
      tools: [{ type: 'function', function: { name: 'lookup', description: 'Looks up', parameters: SCHEMA } }],
    }),
  },
  {
    provider: 'openai',
    path: '/v1/responses',
    request: (answered: boolean) => ({
      model: 'm',
      max_output_tokens: 64,
      instructions: 'Be brief.',
      input: [
        { role: 'user', content: 'Which?' },
        ...(answered
          ? [
              { type: 'function_call', call_id: 'c', name: 'lookup', arguments: '{"id":7}' },
              { type: 'function_call_output', call_id: 'c', output: RESULT },
            ]
          : []),
      ],
      tools: [{ type: 'function', name: 'lookup', description: 'Looks up', parameters: SCHEMA }],
    }),
  },
  {
    provider: 'anthropic',
    path: '/v1/messages',
    request: (answered: boolean) => ({
      model: 'm',
      max_tokens: 64,
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        { role: 'user', content: 'Which?' },
        ...(answered
          ? [
              { role: 'assistant', content: [{ type: 'tool_use', id: 'c', name: 'lookup', input: { id: 7 } }] },
              { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c', content: RESULT }] },
            ]
          : []),
      ],
      tools: [{ name: 'lookup', description: 'Looks up', input_schema: SCHEMA }],
    }),
  },
  {
    provider: 'aws.bedrock',
    path: '/model/m/converse',
    request: (answered: boolean) => ({
      modelId: 'm',
      inferenceConfig: { maxTokens: 64 },
      system: [{ text: 'Be brief.' }],
      messages: [
        { role: 'user', content: [{ text: 'Which?' }] },
        ...(answered
          ? [
              { role: 'assistant', content: [{ toolUse: { toolUseId: 'c', name: 'lookup', input: { id: 7 } } }] },
              { role: 'user', content: [{ toolResult: { toolUseId: 'c', content: [{ text: RESULT }] } }] },
            ]
          : []),
      ],
      toolConfig: { tools: [{ toolSpec: { name: 'lookup', description: 'Looks up', inputSchema: { json: SCHEMA } } }] },
    }),
  },
];

describe.each(FORMATS)('a call by $path', ({ provider, path, request }) => {
  async function readCall(answered: boolean) {
    const { tracer, spans } = recording();
    const body = request(answered);
    await withModelCall({ provider, request: body, tracer }, async () => {
      const response = await fetch(server.url + path, { method: 'POST', body: JSON.stringify(body) });
      return (await response.json()) as object;
    });
    return { ...normalise(readSpan(spans()[0]!)).agent, attributes: spans()[0]!.attributes };
  }

  it('is read as what it was', async () => {
    const asked = await readCall(false);
    expect(asked).toMatchObject({
      kind: 'llm',
      requestModel: 'm',
      tokens: { uncachedInput: 60, cacheRead: 40, output: 10 },
    });
    expect(asked.content).toMatchObject({
      systemPrompt: 'Be brief.',
      input: [{ role: 'user', text: 'Which?' }],
      toolCalls: [{ name: 'lookup', arguments: '{"id":7}' }],
    });
    expect(asked.content.toolDefinitions).toContain('Looks up');
    expect(asked.attributes['gen_ai.request.max_tokens']).toBe(64);
    const answered = await readCall(true);
    expect(answered.content).toMatchObject({
      input: [
        { role: 'user', text: 'Which?' },
        { role: 'tool', text: RESULT },
      ],
      output: [{ role: 'assistant', text: 'It is seven.' }],
    });
    expect(answered.finishReason).not.toBe('');
  });
});

describe('a call of a model', () => {
  it('is not disturbed by a body that can not be read', async () => {
    const { tracer, spans } = recording();
    const request = Object.defineProperty({ messages: [] }, 'model', {
      get() {
        throw new Error('no');
      },
    });
    const answer = Object.defineProperty({}, 'usage', { get: request.valueOf });
    expect(await withModelCall({ provider: 'openai', request, tracer }, async () => answer)).toBe(answer);
    expect(spans()[0]!.name).toBe('chat openai');
  });

  it('says the error that it ended with', async () => {
    const { tracer, spans } = recording();
    const failing = withModelCall({ provider: 'openai', request: {}, tracer }, () =>
      Promise.reject(new RangeError('429')),
    );
    await expect(failing).rejects.toThrow('429');
    expect(spans()[0]!.attributes['error.type']).toBe('RangeError');
  });
});
