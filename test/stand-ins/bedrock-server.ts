import { createServer, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Script, ScriptedReply, SeenRequest, StandIn } from './scripted-reply.ts';

const PATH = /^\/model\/([^/]+)\/converse$/;
const SIGNED = /^AWS4-HMAC-SHA256 Credential=([A-Z0-9]+)\/\d{8}\/eu-central-1\/bedrock\/aws4_request, SignedHeaders=/;
const name = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/);

const body = z.strictObject({
  system: z.tuple([z.strictObject({ text: z.string().min(1) })]),
  messages: z.tuple([
    z.strictObject({ role: z.literal('user'), content: z.tuple([z.strictObject({ text: z.string().min(1) })]) }),
  ]),
  inferenceConfig: z.strictObject({ maxTokens: z.int().min(1) }),
  toolConfig: z.strictObject({
    tools: z.tuple([
      z.strictObject({
        toolSpec: z.strictObject({
          name,
          description: z.string().min(1),
          inputSchema: z.strictObject({
            json: z.looseObject({ type: z.literal('object'), additionalProperties: z.literal(false) }),
          }),
        }),
      }),
    ]),
    toolChoice: z.strictObject({ tool: z.strictObject({ name }) }),
  }),
});

const ERRORS: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
};

/** A server that speaks and checks the wire format of Bedrock's Converse, over HTTP/2 as the service does. */
export async function bedrockServer(script: Script): Promise<StandIn> {
  const requests: SeenRequest[] = [];
  const problems: string[] = [];
  const sessions = new Set<ServerHttp2Session>();
  let current = script;

  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => undefined);
    void answer(stream, headers).catch(() => stream.destroy());
  });

  async function answer(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    let text = '';
    for await (const chunk of stream.setEncoding('utf8')) text += chunk;
    const parsed = body.safeParse(JSON.parse(text));
    const model = PATH.exec(String(headers[':path']))?.[1];
    const authorization = headers.authorization ?? '';
    const key = /^Bearer (.+)$/.exec(authorization)?.[1] ?? SIGNED.exec(authorization)?.[1];
    const wrong = [
      headers[':method'] === 'POST' ? '' : 'method',
      model ? '' : `path ${headers[':path']}`,
      headers['content-type'] === 'application/json' ? '' : 'content type',
      key ? '' : 'not signed and no key',
      parsed.success ? '' : z.prettifyError(parsed.error),
    ].filter(Boolean);
    if (wrong.length > 0 || !parsed.success) {
      problems.push(...wrong);
      return problem(stream, 400);
    }
    const { system, messages, inferenceConfig, toolConfig } = parsed.data;
    const { toolSpec } = toolConfig.tools[0];
    if (toolConfig.toolChoice.tool.name !== toolSpec.name) problems.push('the chosen tool is not the one given');
    const seen: SeenRequest = {
      model: decodeURIComponent(model!),
      instructions: system[0].text,
      data: messages[0].content[0].text,
      schemaName: toolSpec.name,
      schema: toolSpec.inputSchema.json,
      maxOutputTokens: inferenceConfig.maxTokens,
      key: key!,
      body: text,
    };
    requests.push(seen);
    speak(stream, seen, await current(seen, requests.length - 1));
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
        for (const session of sessions) session.destroy();
      }),
  };
}

function problem(stream: ServerHttp2Stream, status: number, retryAfter?: string): void {
  stream.respond({
    ':status': status,
    'content-type': 'application/json',
    'x-amzn-errortype': ERRORS[status] ?? 'InternalServerException',
    ...(retryAfter && { 'retry-after': retryAfter }),
  });
  stream.end(JSON.stringify({ message: 'quoting AKIA-of-the-request' }));
}

function speak(stream: ServerHttp2Stream, { schemaName }: SeenRequest, reply: ScriptedReply): void {
  if ('status' in reply) {
    problem(stream, reply.status, reply.retryAfter);
    return;
  }
  if ('fault' in reply && reply.fault === 'hang') return;
  stream.respond({ ':status': 200, 'content-type': 'application/json' });
  if ('fault' in reply && reply.fault === 'garbage') {
    stream.end('<html>');
    return;
  }
  const refused = 'fault' in reply && reply.fault === 'refusal';
  const block =
    'answer' in reply
      ? { toolUse: { toolUseId: 'tooluse_1', name: schemaName, input: reply.answer } }
      : { text: 'text' in reply ? reply.text : 'half' };
  const use = 'use' in reply ? reply.use : { input: 100, output: 20 };
  const whole = JSON.stringify({
    output: { message: { role: 'assistant', content: [block] } },
    stopReason: refused ? 'guardrail_intervened' : ('stop' in reply && reply.stop) || 'tool_use',
    ...(use && {
      usage: { inputTokens: use.input, outputTokens: use.output, totalTokens: use.input + use.output },
    }),
    metrics: { latencyMs: 1 },
  });
  if ('fault' in reply && reply.fault === 'cut') {
    stream.write(whole.slice(0, whole.length / 2));
    setImmediate(() => stream.close(2));
    return;
  }
  stream.end(whole);
}
