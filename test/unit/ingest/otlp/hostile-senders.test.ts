import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createOtlpReceiver } from '../../../../ingest/otlp/otlp-receiver.ts';
import { post, postSpans, type RunningReceiver, readReply, startReceiver } from './running-receiver.ts';
import { exportOf, sampleSpan } from './sample-request.ts';

describe('compression that is broken or hostile', () => {
  const body = gzipSync(exportOf('protobuf', [sampleSpan()]));
  const flipped = Buffer.from(body);
  flipped[body.length >> 1]! ^= 0xff;

  test.each([
    ['no gzip at all', Buffer.from('not gzip'), 400],
    ['truncated', body.subarray(0, body.length - 9), 400],
    ['a wrong checksum', Buffer.concat([body.subarray(0, -8), Buffer.alloc(8)]), 400],
    ['a flipped byte', flipped, 400],
    ['two members', Buffer.concat([body, body]), 200],
  ])('%s', async (_what, bytes, status) => {
    const receiver = await startReceiver();
    const answer = await post(receiver, bytes, { 'content-encoding': 'gzip' });
    expect(answer.status).toBe(status);
    if (status === 400)
      expect(readReply('RpcStatus', 'protobuf', answer)).toMatchObject({ message: 'the body is not valid gzip data' });
    else expect(receiver.batches[0]?.spans).toHaveLength(2);
  });

  test.each(['br', 'zstd', 'gzip, gzip', 'snappy'])(
    'content-encoding %s is 415 and says what is accepted',
    async (coding) => {
      const receiver = await startReceiver();
      const answer = await post(receiver, body, { 'content-encoding': coding });
      expect(answer.status).toBe(415);
      expect(answer.headers['accept-encoding']).toBe('gzip, deflate, identity');
    },
  );

  test('a bomb of 1 GiB is refused once its first megabyte is out', async () => {
    const mebibyte = gzipSync(Buffer.alloc(1024 * 1024));
    const receiver = await startReceiver({ limits: { maxInflatedBytes: 1024 * 1024 } });
    const before = process.resourceUsage().userCPUTime;
    const answer = await post(receiver, Buffer.concat(Array.from({ length: 1024 }, () => mebibyte)), {
      'content-encoding': 'gzip',
    });
    expect(answer.status).toBe(413);
    expect(readReply('RpcStatus', 'protobuf', answer)).toMatchObject({
      message: expect.stringContaining('decompresses to more than 1048576 bytes'),
    });
    // Inflating all of it would take more than a second.
    expect(process.resourceUsage().userCPUTime - before).toBeLessThan(700_000);
  });
});

describe('memory in flight', () => {
  const MIB = 1024 * 1024;

  /** A receiver whose first request waits in the store, holding its reservation. */
  async function occupied(maxInFlightBytes: number, first: Buffer) {
    const accepted = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const receiver = await startReceiver({
      limits: { maxInFlightBytes },
      accept: () => {
        accepted.resolve();
        return stored.promise;
      },
    });
    const answer = post(receiver, first);
    await accepted.promise;
    return { receiver, stored, answer };
  }

  test('beyond the budget a request is turned away before its body is read, and let in later', async () => {
    const first = exportOf('protobuf', [sampleSpan({ name: 'x'.repeat(MIB) })]);
    const { receiver, stored, answer } = await occupied(2 * MIB, first);
    const refused = await post(receiver, first, { 'content-length': first.length });
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '1']);
    expect(receiver.exchanges[0]).toMatchObject({ status: 429, wireBytes: 0 });
    const small = post(receiver, exportOf('protobuf', [sampleSpan()]));
    stored.resolve();
    expect([(await answer).status, (await small).status]).toEqual([200, 200]);
    expect((await post(receiver, first)).status).toBe(200);
  });

  test('a chunked or compressed body is turned away when it has grown too large', async () => {
    const first = exportOf('protobuf', [sampleSpan({ name: 'x'.repeat(MIB) })]);
    const { receiver, stored, answer } = await occupied(2 * MIB, first);
    expect((await post(receiver, first, { 'transfer-encoding': 'chunked' })).status).toBe(429);
    expect((await post(receiver, gzipSync(first), { 'content-encoding': 'gzip' })).status).toBe(429);
    stored.resolve();
    expect((await answer).status).toBe(200);
  });

  test('a request that is alone is let in, however small the budget', async () => {
    const receiver = await startReceiver({ limits: { maxInFlightBytes: 1 } });
    expect((await postSpans(receiver, 'protobuf', [sampleSpan()])).status).toBe(200);
  });

  test('a sender that goes away gives its share back', async () => {
    const receiver = await startReceiver({ limits: { maxInFlightBytes: 200_000 } });
    const socket = connect(receiver.port, '127.0.0.1');
    socket.write(
      'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 190000\r\n\r\n{',
    );
    await expect.poll(async () => (await post(receiver, Buffer.alloc(0))).status).toBe(429);
    socket.destroy();
    await expect.poll(async () => (await post(receiver, Buffer.alloc(0))).status).toBe(200);
    expect(receiver.exchanges.map((exchange) => exchange.status)).toContain(499);
    expect(receiver.faults).toEqual([]);
  });
});

describe('senders that are slow or speak no HTTP', () => {
  function answerTo(receiver: RunningReceiver, text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(receiver.port, '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      socket.on('error', reject).on('close', () => resolve(answer));
    });
  }

  test('a body that does not come in time ends in 408 and a closed connection', async () => {
    const receiver = await startReceiver({ limits: { requestTimeoutMs: 300, headersTimeoutMs: 200 } });
    const answer = await answerTo(
      receiver,
      'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{"re',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1]!)).toEqual({
      code: 4,
      message: 'the request took too long to come in',
    });
  });

  test('headers that do not come in time end the same', async () => {
    const receiver = await startReceiver({ limits: { requestTimeoutMs: 300, headersTimeoutMs: 200 } });
    expect(await answerTo(receiver, 'POST /v1/traces HTTP/1.1\r\nhost: x\r\n')).toMatch(/^HTTP\/1\.1 408 /);
  });

  test.each([
    ['no HTTP', 400, 'GIMME TRACES\r\n\r\n'],
    ['a TLS handshake', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['two lengths', 400, 'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx'],
    ['a negative length', 400, 'POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n'],
    ['headers of 20 KB', 431, `POST /v1/traces HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`],
  ])('%s: %i', async (_what, status, text) => {
    const receiver = await startReceiver();
    expect(await answerTo(receiver, text)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect((await post(receiver, Buffer.alloc(0))).status).toBe(200);
  });
});

describe('shutting down', () => {
  test('requests in flight are answered, then the port is free', async () => {
    const accepted = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const receiver = await startReceiver({
      accept: () => {
        accepted.resolve();
        return stored.promise;
      },
    });
    const inFlight = postSpans(receiver, 'protobuf', [sampleSpan()]);
    await accepted.promise;
    const closed = receiver.close();
    await expect.poll(() => post(receiver, Buffer.alloc(0)).then(String, (error) => error.code)).toBe('ECONNREFUSED');
    stored.resolve();
    const answer = await inFlight;
    expect([answer.status, answer.headers['connection']]).toEqual([200, 'close']);
    await closed;
  });

  test('a sender that never finishes does not keep the receiver open', async () => {
    const began = Promise.withResolvers<void>();
    const receiver = await startReceiver({
      limits: { requestTimeoutMs: 300 },
      authenticate: async () => {
        began.resolve();
        return { org: 'acme' };
      },
    });
    const socket = connect(receiver.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{');
    await began.promise;
    await receiver.close();
    await expect.poll(() => receiver.exchanges.map((exchange) => exchange.status)).toEqual([499]);
  });

  test('closing one that never listened is no wait', async () => {
    await createOtlpReceiver({
      authenticate: async () => ({ org: 'acme' }),
      take: async () => ({ accepted: 0, rejected: 0, errors: [] }),
    }).close();
  });
});
