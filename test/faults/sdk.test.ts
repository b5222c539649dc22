import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { trace } from '@opentelemetry/api';
import { afterEach, describe, expect, it } from 'vitest';
import { configure, type Spanwarden } from '../../agent/sdk/sdk.ts';
import { until } from '../running-server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A receiver that answers as it is told, and keeps the bodies that it acknowledged. */
async function receiver(answer: (attempt: number, response: ServerResponse) => void) {
  const accepted: string[] = [];
  let attempts = 0;
  const server: Server = createServer((request: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => {});
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      answer(++attempts, response);
      if (response.statusCode === 200 && response.writableEnded) {
        accepted.push((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString('latin1'));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push(server);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted,
    attempts: () => attempts,
  };
}

const servers: Server[] = [];
const open: Spanwarden[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  await Promise.allSettled(open.splice(0).map((one) => one.shutdown()));
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  trace.disable();
});

const sending = (options: Parameters<typeof configure>[0]): Spanwarden => {
  const spanwarden = configure({ register: false, scheduledDelayMillis: 20, ...options });
  open.push(spanwarden);
  return spanwarden;
};

describe('an agent goes on, whatever the server does', () => {
  it('when nothing listens', async () => {
    const { provider, forceFlush } = sending({ endpoint: 'http://127.0.0.1:9', timeoutMillis: 200 });
    for (let n = 0; n < 5_000; n++) provider.getTracer('x').startSpan('lost').end();
    await forceFlush().catch(() => {});
  });

  it('when it never answers, and the flush is over after the time it was given', async () => {
    const { url, accepted } = await receiver(() => {});
    const { provider, forceFlush } = sending({ endpoint: url, timeoutMillis: 500 });
    provider.getTracer('x').startSpan('unanswered').end();
    await forceFlush().catch(() => {});
    expect(accepted).toEqual([]);
  });

  it('and it gets the spans when it asked to come back later', async () => {
    const { url, accepted, attempts } = await receiver((attempt, response) => {
      if (attempt < 3) response.writeHead(attempt === 1 ? 429 : 503, { 'retry-after': '0' }).end();
      else response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    const { provider } = sending({ endpoint: url, timeoutMillis: 60_000 });
    provider.getTracer('x').startSpan('persistent-span').end();
    await until(async () => accepted.some((body) => body.includes('persistent-span')), 60_000, 'the third attempt');
    expect(attempts()).toBe(3);
  });
});

describe('a process that ends', () => {
  const run = async (code: string, url: string, timeoutMillis = 60_000) => {
    const program = `
      import { configure } from './agent/sdk/sdk.ts';
      import { trace } from '@opentelemetry/api';
      const spanwarden = configure({ endpoint: '${url}', apiKey: 'an ingest token', scheduledDelayMillis: 60_000, timeoutMillis: ${timeoutMillis} });
      trace.getTracer('x').startSpan('last-words').end();
      ${code}`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    children.push(child);
    const [exit] = (await once(child, 'exit')) as [number | null];
    return exit;
  };
  const accepting = () =>
    receiver((_attempt, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));

  it.each([
    { how: 'because there is no work left', code: '', exit: 0 },
    { how: 'by shutdown() and exit', code: 'await spanwarden.shutdown(); process.exit(3);', exit: 3 },
  ])('$how has sent its spans', async ({ code, exit }) => {
    const { url, accepted } = await accepting();
    expect(await run(code, url)).toBe(exit);
    expect(accepted.join()).toContain('last-words');
  });

  it('ends all the same when nobody answers', async () => {
    const { url } = await receiver(() => {});
    expect(await Promise.all([run('', url, 500), run('', 'http://127.0.0.1:9', 500)])).toEqual([0, 0]);
  });
});
