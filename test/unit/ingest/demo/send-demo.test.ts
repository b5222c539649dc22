import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { isCoded } from '../../../../engine/core/errors.ts';
import { demoSpans } from '../../../../ingest/demo/demo-spans.ts';
import { type DemoProgress, sendDemo } from '../../../../ingest/demo/send-demo.ts';

const BASE = Date.UTC(2026, 10, 21, 12);

interface Received {
  path: string | undefined;
  authorization: string | undefined;
  body: string;
}

let server: Server | undefined;
afterEach(() => server?.close());

/** A receiver that keeps what it gets and answers with the given status. */
async function receive(status: (request: IncomingMessage, count: number) => number) {
  const received: Received[] = [];
  server = createServer(async (request, response) => {
    received.push({ path: request.url, authorization: request.headers.authorization, body: await text(request) });
    response.writeHead(status(request, received.length), { 'Content-Type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('sends every session as one OTLP request, in order, and reports progress', async () => {
  const { received, url } = await receive(() => 200);
  const progress: DemoProgress[] = [];
  const demo = demoSpans(BASE);
  const sent = await sendDemo({ url, token: 'ingest-token', baseTime: BASE, onProgress: (now) => progress.push(now) });

  const spans = demo.flatMap((session) => session.spans);
  expect(sent).toEqual({ sessions: demo.length, spans: spans.length });
  expect(received.map(({ path, authorization }) => [path, authorization])).toEqual(
    demo.map(() => ['/v1/traces', 'Bearer ingest-token']),
  );
  expect(progress.map(({ session }) => session.name)).toEqual(demo.map(({ name }) => name));
  expect(progress.at(-1)).toMatchObject({ ...sent, totalSessions: sent.sessions, totalSpans: sent.spans });

  const written = received.flatMap(({ body }) => spansOf(body));
  expect(written).toHaveLength(spans.length);
  for (const [at, span] of written.entries()) {
    expect(span.traceId).toBe(spans[at]!.spanContext().traceId);
    expect(span.spanId).toBe(spans[at]!.spanContext().spanId);
    expect(BigInt(span.startTimeUnixNano)).toBeGreaterThan(0n);
    expect(BigInt(span.endTimeUnixNano)).toBeGreaterThan(BigInt(span.startTimeUnixNano));
  }
});

test.each([
  ['otel-genai', 'gen_ai.operation.name'],
  ['openinference', 'openinference.span.kind'],
  ['openllmetry', 'traceloop.workflow.name'],
  ['vercel-ai', 'ai.operationId'],
  ['claude-code', 'span.type'],
])('every span of a %s session says so on the wire', async (dialect, key) => {
  const { received, url } = await receive(() => 200);
  await sendDemo({ url, baseTime: BASE });
  const bodies = received.filter((_, at) => demoSpans(BASE)[at]!.dialect === dialect);
  expect(bodies).not.toEqual([]);
  for (const span of bodies.flatMap(({ body }) => spansOf(body)))
    expect(span.attributes.map((pair) => pair.key)).toContain(key);
});

test('sending again is a retry: the same bytes', async () => {
  const { received, url } = await receive(() => 200);
  await sendDemo({ url, baseTime: BASE });
  await sendDemo({ url: `${url}/v1/traces`, baseTime: BASE });
  const half = received.length / 2;
  expect(received.slice(half)).toEqual(received.slice(0, half));
});

test('stops at the first session that is refused, and says which without its content', async () => {
  const { received, url } = await receive((_, count) => (count === 3 ? 401 : 200));
  const name = demoSpans(BASE)[2]!.name;
  const failure = await sendDemo({ url, baseTime: BASE }).catch((error: unknown) => error);
  expect(isCoded(failure, 'DELIVERY_FAILED')).toBe(true);
  expect((failure as Error).message).toBe(`The OTLP endpoint answered 401 to demo session ${name}`);
  expect(received).toHaveLength(3);
});

interface WireSpan {
  traceId: string;
  spanId: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string }[];
}

function spansOf(body: string): WireSpan[] {
  const request = JSON.parse(body) as { resourceSpans: { scopeSpans: { spans: WireSpan[] }[] }[] };
  return request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}
