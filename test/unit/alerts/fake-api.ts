import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
  readonly text?: string;
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly json: unknown;
}

export interface FakeApi {
  readonly url: string;
  readonly requests: Request[];
  /** To every request that `script` has nothing for. */
  answer: Answer;
  script: Answer[];
  close(): Promise<void>;
}

/** A server on loopback that keeps what it is sent and answers what a test wants. */
export async function startFakeApi(): Promise<FakeApi> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const { method = '', url = '', headers } = request;
    api.requests.push({ method, path: url, headers, json: text === '' ? undefined : JSON.parse(text) });
    const { status = 200, headers: more = {}, body = {}, text: raw } = api.script.shift() ?? api.answer;
    response.writeHead(status, more).end(status === 204 ? '' : (raw ?? JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api: FakeApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answer: {},
    script: [],
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
  return api;
}
