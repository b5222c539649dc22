import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Script, ScriptedReply, SeenRequest, StandIn } from './scripted-reply.ts';

const message = (role: string) => z.strictObject({ role: z.literal(role), content: z.string().min(1) });
/** As published: strict schemas close every object and require all of its properties. */
const closedObject = z.looseObject({ type: z.literal('object'), additionalProperties: z.literal(false) });

const common = {
  model: z.string().min(1),
  messages: z.tuple([message('system'), message('user')]),
  response_format: z.strictObject({
    type: z.literal('json_schema'),
    json_schema: z.strictObject({
      name: z.string().regex(/^\w{1,64}$/),
      strict: z.literal(true),
      schema: closedObject,
    }),
  }),
  stream: z.literal(true),
  stream_options: z.strictObject({ include_usage: z.literal(true) }),
};
const openai = z.strictObject({ ...common, max_completion_tokens: z.int().min(1), store: z.literal(false) });

/** The three that speak chat completions: where they do and what exactly they take. */
const SERVICES = {
  openai: { path: '/v1/chat/completions', key: bearer, body: openai },
  'azure-openai': {
    path: '/openai/deployments/small/chat/completions?api-version=2025-04-01-preview',
    key: ({ headers }: IncomingMessage) => String(headers['api-key'] ?? ''),
    body: openai,
  },
  'openai-compatible': {
    path: '/v1/chat/completions',
    key: bearer,
    body: z.strictObject({ ...common, max_tokens: z.int().min(1) }),
  },
} as const;

function bearer({ headers }: IncomingMessage): string {
  return /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
}

/** A server that speaks and checks the wire format of one of the services: server-sent events of chat.completion.chunk objects. */
export async function chatCompletionsServer(service: keyof typeof SERVICES, script: Script): Promise<StandIn> {
  const { path, key, body } = SERVICES[service];
  const requests: SeenRequest[] = [];
  const problems: string[] = [];
  let current = script;

  const server = createServer((request, response) => {
    response.on('error', () => undefined);
    void answer(request, response).catch(() => response.destroy());
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const parsed = body.safeParse(JSON.parse(text));
    const shown = key(request);
    const wrong = [
      request.method === 'POST' ? '' : `method ${request.method}`,
      request.url === path ? '' : `path ${request.url}`,
      request.headers['content-type'] === 'application/json' ? '' : 'content type',
      shown === '' ? 'no key' : '',
      parsed.success ? '' : z.prettifyError(parsed.error),
    ].filter(Boolean);
    if (wrong.length > 0 || !parsed.success) {
      problems.push(...wrong);
      return problem(response, 400);
    }
    const { data } = parsed;
    const seen: SeenRequest = {
      model: data.model,
      instructions: data.messages[0].content,
      data: data.messages[1].content,
      schemaName: data.response_format.json_schema.name,
      schema: data.response_format.json_schema.schema,
      maxOutputTokens: 'max_tokens' in data ? data.max_tokens : data.max_completion_tokens,
      key: shown,
      body: text,
    };
    requests.push(seen);
    await speak(response, seen, await current(seen, requests.length - 1));
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    problems,
    script: (next) => {
      current = next;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function problem(response: ServerResponse, status: number, retryAfter?: string): void {
  response.writeHead(status, { 'content-type': 'application/json', ...(retryAfter && { 'retry-after': retryAfter }) });
  // Real providers quote the request in their errors.
  response.end(JSON.stringify({ error: { message: 'quoting AKIA-of-the-request', type: 'x', code: null } }));
}

async function speak(response: ServerResponse, { model }: SeenRequest, reply: ScriptedReply): Promise<void> {
  if ('status' in reply) return problem(response, reply.status, reply.retryAfter);
  if ('fault' in reply && reply.fault === 'hang') return;
  if ('fault' in reply && reply.fault === 'redirect') {
    response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' });
    response.end();
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (delta: object, more: object = {}) =>
    response.write(
      `data: ${JSON.stringify({
        id: 'chatcmpl-1',
        object: 'chat.completion.chunk',
        created: 1,
        model: `${model}-2026`,
        choices: [{ index: 0, delta, finish_reason: null, ...more }],
      })}\n\n`,
    );
  send({ role: 'assistant', content: '' });
  if ('fault' in reply) {
    if (reply.fault === 'garbage') response.end('data: {"choices": [\n\n');
    else if (reply.fault === 'refusal') {
      send({ refusal: 'no' });
      send({}, { finish_reason: 'stop' });
      response.end('data: [DONE]\n\n');
    } else if (reply.fault === 'cut') {
      send({ content: '{"title": "half' });
      setImmediate(() => response.socket?.destroy());
    } else {
      while (!response.destroyed) {
        if (!send({ content: 'again '.repeat(1_000) })) await new Promise((resolve) => setImmediate(resolve));
      }
    }
    return;
  }
  const text = 'text' in reply ? reply.text : JSON.stringify(reply.answer);
  const half = Math.ceil(text.length / 2);
  send({ content: text.slice(0, half) });
  send({ content: text.slice(half) });
  send({}, { finish_reason: ('stop' in reply && reply.stop) || 'stop' });
  const use = 'use' in reply ? reply.use : { input: 100, output: 20 };
  if (use) {
    const usage = { prompt_tokens: use.input, completion_tokens: use.output, total_tokens: use.input + use.output };
    response.write(
      `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', model, choices: [], usage })}\n\n`,
    );
  }
  response.end('data: [DONE]\n\n');
}
