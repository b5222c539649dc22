import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo, Server } from 'node:net';

/** One turn of the model: it calls a tool, or answers. */
export type Turn = { readonly tool: string; readonly arguments: object } | { readonly text: string };

export interface ModelServer {
  readonly url: string;
  /** The same over HTTP/2, which Bedrock's client speaks. */
  readonly http2Url: string;
  /** Bodies of the requests so far. */
  readonly requests: readonly Body[];
  close(): Promise<void>;
}

type Body = Readonly<Record<string, unknown>>;
type Answer = (turn: Turn, number: number, model: string) => object;

const USAGE = { input: 100, cached: 40, output: 10 };

/**
 * A stand-in for the models' APIs: OpenAI's chat completions and responses, Anthropic's messages, Bedrock's Converse and its
 * InvokeModel with a body of Anthropic's. Each conversation goes through the same turns; how many tool results it holds tells where it is. Every answer counts
 * 100 input tokens, 40 of them from a cache, and 10 of output.
 */
export async function startModelServer(turns: readonly Turn[]): Promise<ModelServer> {
  const requests: Body[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(request, response).catch(() => response.destroy());
  };
  const server = createServer(listener);
  const http2Server = createHttp2Server(listener as never);
  const http2Sessions = new Set<{ destroy(): void }>();
  http2Server.on('session', (session) => {
    http2Sessions.add(session);
    session.on('error', () => {});
    session.on('close', () => http2Sessions.delete(session));
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
    requests.push(body);
    const route = ROUTES.find(({ path }) => path.test(request.url ?? ''));
    const number = toolResults(body);
    const turn = turns[Math.min(number, turns.length - 1)]!;
    const model = typeof body['model'] === 'string' ? body['model'] : 'stand-in';
    response.writeHead(route ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(route ? route.answer(turn, number, model) : {}));
  }

  const [url, http2Url] = await Promise.all([server, http2Server].map(listening));
  return {
    url: url!,
    http2Url: http2Url!,
    requests,
    async close() {
      const closed = [server, http2Server].map((one) => new Promise((resolve) => one.close(resolve)));
      server.closeAllConnections();
      for (const session of http2Sessions) session.destroy();
      await Promise.all(closed);
    },
  };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Results of tools in the conversation, in whichever of the formats. */
function toolResults(body: Body): number {
  const text = JSON.stringify(body);
  return ['"role":"tool"', '"type":"function_call_output"', '"type":"tool_result"', '"toolResult":'].reduce(
    (sum, mark) => sum + text.split(mark).length - 1,
    0,
  );
}

const chat: Answer = (turn, number, model) => ({
  id: `chatcmpl-${number}`,
  object: 'chat.completion',
  created: 1_790_000_000,
  model,
  choices: [
    'text' in turn
      ? { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: turn.text } }
      : {
          index: 0,
          finish_reason: 'tool_calls',
          message: {
            role: 'assistant',
            content: null,
            tool_calls: [
              {
                id: `call_${number}`,
                type: 'function',
                function: { name: turn.tool, arguments: JSON.stringify(turn.arguments) },
              },
            ],
          },
        },
  ],
  usage: {
    prompt_tokens: USAGE.input,
    completion_tokens: USAGE.output,
    total_tokens: USAGE.input + USAGE.output,
    prompt_tokens_details: { cached_tokens: USAGE.cached },
  },
});

const responses: Answer = (turn, number, model) => ({
  id: `resp_${number}`,
  object: 'response',
  created_at: 1_790_000_000,
  status: 'completed',
  model,
  output: [
    'text' in turn
      ? {
          id: `msg_${number}`,
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text: turn.text, annotations: [] }],
        }
      : {
          id: `fc_${number}`,
          type: 'function_call',
          status: 'completed',
          call_id: `call_${number}`,
          name: turn.tool,
          arguments: JSON.stringify(turn.arguments),
        },
  ],
  usage: {
    input_tokens: USAGE.input,
    input_tokens_details: { cached_tokens: USAGE.cached },
    output_tokens: USAGE.output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: USAGE.input + USAGE.output,
  },
});

const messages: Answer = (turn, number, model) => ({
  id: `msg_${number}`,
  type: 'message',
  role: 'assistant',
  model,
  content: [
    'text' in turn
      ? { type: 'text', text: turn.text }
      : { type: 'tool_use', id: `toolu_${number}`, name: turn.tool, input: turn.arguments },
  ],
  stop_reason: 'text' in turn ? 'end_turn' : 'tool_use',
  stop_sequence: null,
  usage: {
    input_tokens: USAGE.input - USAGE.cached,
    cache_read_input_tokens: USAGE.cached,
    cache_creation_input_tokens: 0,
    output_tokens: USAGE.output,
  },
});

const converse: Answer = (turn, number) => ({
  output: {
    message: {
      role: 'assistant',
      content: [
        'text' in turn
          ? { text: turn.text }
          : { toolUse: { toolUseId: `tooluse_${number}`, name: turn.tool, input: turn.arguments } },
      ],
    },
  },
  stopReason: 'text' in turn ? 'end_turn' : 'tool_use',
  usage: {
    inputTokens: USAGE.input - USAGE.cached,
    cacheReadInputTokens: USAGE.cached,
    outputTokens: USAGE.output,
    totalTokens: USAGE.input + USAGE.output,
  },
  metrics: { latencyMs: 1 },
});

const ROUTES: readonly { readonly path: RegExp; readonly answer: Answer }[] = [
  { path: /\/chat\/completions$/, answer: chat },
  { path: /\/responses$/, answer: responses },
  { path: /\/messages$/, answer: messages },
  { path: /\/model\/[^/]+\/converse$/, answer: converse },
  { path: /\/model\/[^/]+\/invoke$/, answer: messages },
];
