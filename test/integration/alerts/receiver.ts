import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: Record<string, unknown>;
}

export type Behaviour = (response: ServerResponse, request: IncomingMessage) => void;

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** What it does with each request in turn; 204 when the list has come to its end. */
  readonly script: Behaviour[];
  /** Resolves when this many requests have come in. */
  untilReceived(count: number): Promise<void>;
  close(): Promise<void>;
}

export function answer(status: number, headers: Record<string, string> = {}, body = ''): Behaviour {
  return (response) => void response.writeHead(status, headers).end(body);
}

/** Says nothing, for good. */
export const hang: Behaviour = () => {};
export const hangInBody: Behaviour = (response) => void response.writeHead(200, { 'content-length': '10' }).write('x');
export const hangUp: Behaviour = (response) => void response.socket?.destroy();
export const closeInBody: Behaviour = (response) => {
  response.writeHead(200, { 'content-length': '1000' }).write('x', () => response.socket?.destroy());
};
export const garbage: Behaviour = (response) =>
  void response.socket?.end('SSH-2.0-OpenSSH_9.9\r\n\u0000\u0001\r\n\r\n');
export const endlessHeaders: Behaviour = (response) => {
  response.socket?.end(`HTTP/1.1 200 OK\r\n${`x-filler: ${'y'.repeat(1_000)}\r\n`.repeat(100)}\r\n`);
};
/** A good answer that never ends. */
export const endlessBody: Behaviour = (response) => {
  const more = Buffer.alloc(100_000);
  function pour(): void {
    while (!response.destroyed && response.write(more));
    response.once('drain', pour);
  }
  response.writeHead(200);
  pour();
};

/** A webhook receiver on loopback. */
export async function startReceiver(...script: Behaviour[]): Promise<Receiver> {
  const received: Received[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  const server = createServer(async (request, response) => {
    response.on('error', () => {});
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString('utf8');
    received.push({ headers: request.headers, body, json: body === '' ? {} : JSON.parse(body) });
    (script.shift() ?? answer(204))(response, request);
    for (const wait of waiting) if (received.length >= wait.count) wait.resolve();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    script,
    untilReceived: (count) =>
      new Promise((resolve) => {
        if (received.length >= count) resolve();
        else waiting.push({ count, resolve });
      }),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
