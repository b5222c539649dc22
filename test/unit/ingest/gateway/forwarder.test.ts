import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openForwardSpool } from '../../../../ingest/gateway/forward-spool.ts';
import { startForwarder } from '../../../../ingest/gateway/forwarder.ts';
import { createGateway } from '../../../../ingest/gateway/gateway-server.ts';
import { post } from '../../../faults/post.ts';
import { until } from '../../../running-server.ts';
import { exportOf, sampleSpan } from '../otlp/sample-request.ts';

const PATIENCE_MS = 60_000;
const root = mkdtempSync(join(tmpdir(), 'spanwarden-test-'));
const asked: IncomingHttpHeaders[] = [];
/** What the centre answers, one after the other; then 200. */
let answers: number[] = [];

const centre = createServer((incoming, outgoing) => {
  incoming.on('error', () => {});
  outgoing.on('error', () => {});
  incoming.resume();
  incoming.on('end', () => {
    asked.push(incoming.headers);
    const status = answers.shift() ?? 200;
    outgoing.writeHead(status, { 'content-type': 'application/json' });
    outgoing.end(status === 200 ? '{"partialSuccess":{"rejectedSpans":"2"}}' : '{}');
  });
});
let url = '';

beforeAll(async () => {
  centre.listen(0, '127.0.0.1');
  await once(centre, 'listening');
  url = `http://127.0.0.1:${(centre.address() as AddressInfo).port}`;
});
afterAll(() => {
  centre.closeAllConnections();
  centre.close();
  rmSync(root, { recursive: true, force: true });
});

describe('the forwarder', () => {
  it.each([
    ['a centre that is overloaded or away', [503, 429], ['failed', 'failed', 'taken'], 0],
    ['a token that is mended', [401, 403], ['failed', 'failed', 'taken'], 0],
    ['a request that the centre never takes', [400], ['refused'], 1],
  ])('copes with %s', async (name, given, expected, aside) => {
    answers = [...given];
    const outcomes: string[] = [];
    const troubles: string[] = [];
    let rejected = 0;
    const spool = openForwardSpool({ folder: join(root, name), mostBytes: 1e6, mostAgeMs: 1e9, clock: Date.now });
    await spool.write([{ signal: 'traces', body: gzipSync('{}') }]);
    const forwarder = startForwarder({
      spool,
      url,
      token: 'abc',
      observe: (outcome, _entry, records) => {
        outcomes.push(outcome);
        rejected += records;
      },
      onTrouble: (reason) => troubles.push(reason),
    });
    await until(async () => outcomes.length >= expected.length && spool.waiting() === 0, PATIENCE_MS, 'an empty spool');
    await forwarder.stop();
    expect(outcomes).toEqual(expected);
    expect(spool.asideCount()).toBe(aside);
    expect(rejected).toBe(aside === 0 ? 2 : 0);
    expect(troubles).toEqual(aside === 0 ? [...given.map((status) => `the centre answers ${status}`), ''] : []);
    expect(asked.at(-1)).toMatchObject({ authorization: 'Bearer abc', 'content-encoding': 'gzip' });
  });
});

describe('a gateway that is full', () => {
  it('answers 429 with Retry-After, is not ready, and lets in nobody without its token', async () => {
    // Nobody answers there, and nothing is ever deleted.
    const gateway = createGateway({
      clock: Date.now,
      metrics: new Registry(),
      org: 'default',
      redaction: { revision: '0', policy: {}, key: new Uint8Array(32).fill(3), formerKeys: [] },
      secondScan: { secretlint: false, trufflehog: undefined, trufflehogRequired: false },
      sendersToken: 'senders',
      spool: { folder: join(root, 'full'), mostBytes: 1_000, mostAgeMs: 1e9 },
      centre: { url: 'http://127.0.0.1:1', token: undefined },
      log: { warn: () => {}, info: () => {} },
      reportFault: () => {},
    });
    const otlp = await gateway.listen('127.0.0.1', 0);
    const health = await gateway.listenHealth('127.0.0.1', 0);
    const authorization = { authorization: 'Bearer senders' };
    const send = (headers: Record<string, string>) => post(otlp, 'json', exportOf('json', [sampleSpan()]), headers);
    expect((await send({})).status).toBe(401);
    expect((await send({ authorization: 'Bearer sender' })).status).toBe(401);
    const full = await until(
      async () => {
        const answer = await send(authorization);
        return answer.status !== 200 && answer;
      },
      PATIENCE_MS,
      'a full spool',
    );
    expect([full.status, full.headers['retry-after']]).toEqual([429, '30']);
    expect((await fetch(`${health}/metrics`)).status).toBe(401);
    const metrics = await (await fetch(`${health}/metrics`, { headers: authorization })).text();
    expect(metrics).toMatch(/^spanwarden_forward_waiting [1-9]/m);
    expect((await fetch(`${health}/healthz`)).status).toBe(200);
    await gateway.stop();
  });
});
