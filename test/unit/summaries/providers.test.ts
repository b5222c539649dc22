import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { lackOf } from '../../../engine/summaries/providers/lack-of.ts';
import { ModelFailure } from '../../../engine/summaries/providers/model-failure.ts';
import type { ModelRequest, ProviderKind } from '../../../engine/summaries/providers/model-provider.ts';
import { openProvider } from '../../../engine/summaries/providers/open-provider.ts';
import { bedrockServer } from '../../stand-ins/bedrock-server.ts';
import { chatCompletionsServer } from '../../stand-ins/chat-completions-server.ts';
import type { Script, ScriptedReply, StandIn } from '../../stand-ins/scripted-reply.ts';

const request: ModelRequest = {
  model: 'small',
  instructions: 'Say the title.',
  data: 'NONCE 1\n[[data 1 x]]\nwords\n[[end 1]]',
  schemaName: 'title_of',
  schema: {
    type: 'object',
    properties: { title: { type: 'string' } },
    required: ['title'],
    additionalProperties: false,
  },
  maxOutputTokens: 50,
};
const fine: Script = () => ({ answer: { title: 'x' }, use: { input: 11, output: 7 } });
const never = () => new AbortController().signal;

const chat = ['openai', 'azure-openai', 'openai-compatible'] as const;
const servers: Record<string, StandIn> = { bedrock: await bedrockServer(fine) };
for (const kind of chat) servers[kind] = await chatCompletionsServer(kind, fine);
afterAll(() => Promise.all(Object.values(servers).map((server) => server.stop())));
beforeEach(() => {
  for (const server of Object.values(servers)) {
    server.requests.length = 0;
    server.problems.length = 0;
  }
});

async function open(kind: ProviderKind, apiKey = 'key-of-the-org') {
  const { url } = servers[kind]!;
  const baseUrl = kind === 'openai' || kind === 'openai-compatible' ? `${url}/v1` : url;
  return (await openProvider({ kind, model: 'small', baseUrl, apiKey, region: 'eu-central-1' }))!;
}

async function failureOf(kind: ProviderKind, reply: ScriptedReply, signal = never()): Promise<ModelFailure> {
  servers[kind]!.script(() => reply);
  const outcome = await (await open(kind)).complete(request, signal).catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(ModelFailure);
  expect(servers[kind]!.problems).toEqual([]);
  return outcome as ModelFailure;
}

describe.each([...chat, 'bedrock'] as const)('%s', (kind) => {
  it('asks in its wire format and reads answer and tokens', async () => {
    servers[kind]!.script(fine);
    const answer = await (await open(kind)).complete(request, never());
    expect(servers[kind]!.problems).toEqual([]);
    expect(servers[kind]!.requests).toMatchObject([{ ...request, key: 'key-of-the-org' }]);
    expect(JSON.parse(answer.text)).toEqual({ title: 'x' });
    expect(answer.use).toEqual({ inputTokens: 11, outputTokens: 7 });
    expect(answer.model).toMatch(/^small/);
  });

  it.each<[ScriptedReply, Partial<ModelFailure>]>([
    [
      { status: 429, retryAfter: '7' },
      { reason: 'throttled', retryAfterMs: 7_000, uncounted: false },
    ],
    [{ status: 500 }, { reason: 'unavailable', uncounted: false }],
    [{ status: 503 }, { reason: 'unavailable', uncounted: false }],
    [{ status: 403 }, { reason: 'misconfigured', uncounted: false }],
    [{ status: 404 }, { reason: 'misconfigured', uncounted: false }],
    [{ status: 400 }, { reason: 'rejected', uncounted: false }],
    [{ fault: 'cut' }, { reason: 'unavailable', uncounted: true }],
    [{ fault: 'garbage' }, { reason: 'unreadable', uncounted: true }],
    [{ fault: 'refusal' }, { reason: 'refused', uncounted: true }],
  ])('tells %j as what it is', async (reply, expected) => {
    const failure = await failureOf(kind, reply);
    if ('fault' in reply && reply.fault === 'cut') {
      // Where the stream breaks decides whether it is told from an answer that is no JSON.
      expect(['unavailable', 'unreadable']).toContain(failure.reason);
      expect(failure.uncounted).toBe(true);
    } else expect(failure).toMatchObject(expected);
    // A provider's error text quotes the request.
    expect(`${failure.message} ${failure.stack} ${String(failure.cause)}`).not.toContain('AKIA');
  });

  it('keeps the tokens of an answer that was cut at its limit', async () => {
    const stop = kind === 'bedrock' ? 'max_tokens' : 'length';
    const failure = await failureOf(kind, { answer: { title: 'x' }, stop, use: { input: 11, output: 50 } });
    expect(failure).toMatchObject({ reason: 'unreadable', use: { inputTokens: 11, outputTokens: 50 } });
  });

  it('passes on what is no answer of the schema: the door judges', async () => {
    if (kind === 'bedrock') return;
    servers[kind]!.script(() => ({ text: 'Sure! {"title"' }));
    expect((await (await open(kind)).complete(request, never())).text).toBe('Sure! {"title"');
  });

  it('does without a count of tokens', async () => {
    servers[kind]!.script(() => ({ answer: { title: 'x' }, use: undefined }));
    expect((await (await open(kind)).complete(request, never())).use).toBeUndefined();
  });

  it('gives up on a server that never answers when it is told to', async () => {
    const stop = new AbortController();
    servers[kind]!.script(() => {
      stop.abort();
      return { fault: 'hang' };
    });
    const failure = await (await open(kind)).complete(request, stop.signal).catch((error: unknown) => error);
    expect(failure).toMatchObject({ reason: 'unavailable', uncounted: true });
  });

  it('says so when nobody listens', async () => {
    const settings = { model: 'small', baseUrl: 'http://127.0.0.1:9', apiKey: 'k', region: 'eu-central-1' };
    const provider = await openProvider({ kind, ...settings });
    await expect(provider!.complete(request, never())).rejects.toMatchObject({ reason: 'unavailable' });
  });
});

describe.each(chat)('%s', (kind) => {
  it('cuts off an answer without end', async () => {
    expect(await failureOf(kind, { fault: 'endless' })).toMatchObject({ reason: 'unreadable', uncounted: true });
  });

  it('takes its key to no other address', async () => {
    expect(await failureOf(kind, { fault: 'redirect' })).toMatchObject({ reason: 'unavailable' });
  });
});

describe('bedrock', () => {
  it('signs with an access key', async () => {
    servers['bedrock']!.script(fine);
    await (await open('bedrock', 'AKIDEXAMPLEEXAMPLE12:wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY')).complete(
      request,
      never(),
    );
    expect(servers['bedrock']!.problems).toEqual([]);
    expect(servers['bedrock']!.requests[0]!.key).toBe('AKIDEXAMPLEEXAMPLE12');
  });
});

describe('settings of a provider', () => {
  const whole = { model: 'm', baseUrl: 'https://x', apiKey: 'k', region: 'r' };
  it.each([
    ['extractive', {}, ''],
    ['openai', { apiKey: '' }, 'key'],
    ['openai', { model: '' }, 'model'],
    ['openai', { baseUrl: '' }, ''],
    ['azure-openai', { baseUrl: '' }, 'address'],
    ['openai-compatible', { baseUrl: '' }, 'address'],
    ['openai-compatible', { apiKey: '' }, ''],
    ['bedrock', { region: '' }, 'region'],
    ['bedrock', { apiKey: '' }, ''],
  ] as const)('of %s with %j lack %j', (kind, change, lack) => {
    expect(lackOf({ kind, ...whole, ...change })).toMatch(lack === '' ? /^$/ : new RegExp(lack));
  });
});
