import { Agent, request } from 'node:http';
import { request as requestTls } from 'node:https';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CodedError, type ErrorCode } from '../../../../engine/core/errors.ts';
import type { OtlpEncoding } from '../../../../ingest/otlp/decode-export.ts';
import { decodeToJson } from './reference.ts';
import { CONTENT_TYPES, post, postSpans, readReply, startReceiver } from './running-receiver.ts';
import { exportOf, NOW_NANO, type SampleSpan, sampleSpan } from './sample-request.ts';
import { selfSigned } from './self-signed.ts';

const ENCODINGS: OtlpEncoding[] = ['protobuf', 'json'];

describe('1: POST /v1/traces, nothing else', () => {
  test('a trace export is accepted', async () => {
    const receiver = await startReceiver();
    expect((await postSpans(receiver, 'protobuf', [sampleSpan()])).status).toBe(200);
    expect((await post(receiver, exportOf('protobuf', [sampleSpan()]), {}, '/v1/traces?x=1')).status).toBe(200);
    expect(receiver.batches).toHaveLength(2);
  });

  test.each(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'PROPFIND'])(
    '%s is 405 and names POST',
    async (method) => {
      const receiver = await startReceiver();
      const response = await fetch(`${receiver.url}/v1/traces`, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    },
  );

  test.each([
    ['/v1development/profiles', 404, 'profiles are not accepted here'],
    ['/', 404, 'send to /v1/traces'],
    ['/v1/traces/x', 404, 'send to /v1/traces'],
  ])('POST %s is %i and says why', async (path, status, message) => {
    const receiver = await startReceiver();
    for (const encoding of ENCODINGS) {
      const answer = await post(receiver, Buffer.from('x'), { 'content-type': CONTENT_TYPES[encoding] }, path);
      expect(answer.status).toBe(status);
      expect(readReply('RpcStatus', encoding, answer)).toEqual({ code: 12, message: expect.stringContaining(message) });
    }
  });
});

test('a path that is no path is 400', async () => {
  const receiver = await startReceiver();
  const answer = await post(receiver, Buffer.from('x'), {}, '/v1/%ZZ');
  expect(answer.status).toBe(400);
  expect(readReply('RpcStatus', 'protobuf', answer)).toMatchObject({
    code: 3,
    message: 'the head of the request is not valid',
  });
});

describe('2: both encodings on one port', () => {
  test.each([
    ['application/x-protobuf', 'protobuf'],
    ['application/x-protobuf; charset=utf-8', 'protobuf'],
    ['Application/X-Protobuf', 'protobuf'],
    ['application/json', 'json'],
    ['application/json; charset=utf-8', 'json'],
    ['application/json;charset=UTF-8', 'json'],
  ] as const)('%s', async (type, encoding) => {
    const receiver = await startReceiver();
    const answer = await post(receiver, exportOf(encoding, [sampleSpan()]), { 'content-type': type });
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe(CONTENT_TYPES[encoding]);
    expect(receiver.batches[0]?.spans[0]?.name).toBe('chat');
  });

  test.each(['text/plain', 'application/xml', 'application/jsonp', 'application/grpc', 'nonsense', ''])(
    '%j is 415',
    async (type) => {
      const receiver = await startReceiver();
      const answer = await post(receiver, exportOf('json', [sampleSpan()]), { 'content-type': type });
      expect(answer.status).toBe(415);
      expect(readReply('RpcStatus', 'json', answer)).toMatchObject({ code: 3 });
      expect(receiver.batches).toEqual([]);
    },
  );
});

describe('3: gzip', () => {
  test.each(ENCODINGS)('%s, compressed', async (encoding) => {
    const receiver = await startReceiver();
    const body = exportOf(encoding, [sampleSpan()]);
    for (const coding of ['gzip', 'x-gzip', 'GZIP']) {
      const answer = await post(receiver, gzipSync(body), {
        'content-type': CONTENT_TYPES[encoding],
        'content-encoding': coding,
      });
      expect(answer.status).toBe(200);
    }
    expect(receiver.batches).toHaveLength(3);
    expect(receiver.batches[0]).toMatchObject({ org: 'acme', receivedBytes: body.length });
  });

  test('deflate is taken too', async () => {
    const receiver = await startReceiver();
    const answer = await post(receiver, deflateSync(exportOf('protobuf', [sampleSpan()])), {
      'content-encoding': 'deflate',
    });
    expect(answer.status).toBe(200);
    expect(receiver.batches).toHaveLength(1);
  });

  test('answers are never compressed, being short', async () => {
    const receiver = await startReceiver();
    const answer = await postSpans(receiver, 'json', [sampleSpan({ traceId: '' })], { 'accept-encoding': 'gzip' });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(readReply('ExportTraceServiceResponse', 'json', answer)).toHaveProperty('partialSuccess');
  });
});

describe('4: limits before and after decompression', () => {
  const limits = { maxBodyBytes: 10_000, maxInflatedBytes: 20_000 };
  const exactly = (bytes: number) => {
    const overhead = exportOf('json', [sampleSpan({ name: '' })]).length;
    const body = exportOf('json', [sampleSpan({ name: 'x'.repeat(bytes - overhead) })]);
    expect(body).toHaveLength(bytes);
    return body;
  };

  test.each([
    ['a body of the limit', exactly(10_000), {}, 200],
    ['one byte more', exactly(10_001), {}, 413],
    ['one byte more, chunked', exactly(10_001), { 'transfer-encoding': 'chunked' }, 413],
    ['a gzip body that inflates to the limit', gzipSync(exactly(20_000)), { 'content-encoding': 'gzip' }, 200],
    ['a gzip body that inflates to one byte more', gzipSync(exactly(20_001)), { 'content-encoding': 'gzip' }, 413],
  ])('%s', async (_what, body, headers, status) => {
    const receiver = await startReceiver({ limits });
    const answer = await post(receiver, body, { 'content-type': 'application/json', ...headers });
    expect(answer.status).toBe(status);
    if (status === 413) expect(readReply('RpcStatus', 'json', answer)).toMatchObject({ code: 3 });
    expect(receiver.batches).toHaveLength(status === 200 ? 1 : 0);
  });

  test('64 MiB and a byte are too much by default', async () => {
    const receiver = await startReceiver();
    const answer = await post(receiver, Buffer.alloc(64 * 1024 * 1024 + 1), { 'content-length': 64 * 1024 * 1024 + 1 });
    expect(answer.status).toBe(413);
  });
});

describe('5: an answer is short whatever was wrong', () => {
  test.each(ENCODINGS)('%s', async (encoding) => {
    const receiver = await startReceiver();
    const faults: SampleSpan[] = [
      { traceId: '' },
      { spanId: '' },
      { parentSpanId: '00' },
      { startTimeUnixNano: '0' },
      { startTimeUnixNano: '1' },
      { startTimeUnixNano: '4102444800000000000' },
      { endTimeUnixNano: '4102444800000000000' },
      { events: [{}] },
      { links: [{}] },
    ];
    const spans = Array.from({ length: 9_000 }, (_, i) =>
      sampleSpan({ name: `secret-${i}`, ...faults[i % faults.length] }),
    );
    const answer = await postSpans(receiver, encoding, spans);
    expect(answer.body.length).toBeLessThan(2_000);
    expect(answer.body.toString()).not.toContain('secret');
    expect(readReply('ExportTraceServiceResponse', encoding, answer)).toMatchObject({
      partialSuccess: { rejectedSpans: '7000' },
    });
  });
});

describe('6: full success', () => {
  test.each([
    ['protobuf', Buffer.alloc(0)],
    ['json', Buffer.from('{}')],
    ['json', Buffer.alloc(0)],
    ['protobuf', exportOf('protobuf', [sampleSpan()])],
    ['json', exportOf('json', [sampleSpan()])],
  ] as const)('%s leaves partial_success unset', async (encoding, body) => {
    const receiver = await startReceiver();
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const answer = await post(receiver, body, { 'content-type': CONTENT_TYPES[encoding], ...headers });
      expect(answer.status).toBe(200);
      expect(answer.body.toString()).toBe(encoding === 'json' ? '{}' : '');
    }
  });

  test('nothing is handed on for a request without spans', async () => {
    const receiver = await startReceiver();
    await post(receiver, Buffer.alloc(0));
    expect(receiver.batches).toEqual([]);
  });
});

describe('7: partial success', () => {
  test.each(ENCODINGS)('%s counts the rejected spans, the others are stored', async (encoding) => {
    const receiver = await startReceiver();
    const answer = await postSpans(receiver, encoding, [
      sampleSpan(),
      sampleSpan({ traceId: '00' }),
      sampleSpan({ spanId: '' }),
    ]);
    expect(answer.status).toBe(200);
    expect(readReply('ExportTraceServiceResponse', encoding, answer)).toEqual({
      partialSuccess: {
        rejectedSpans: '2',
        errorMessage: expect.stringMatching(/trace id is not 16 bytes.*; .*span id is not 8 bytes/),
      },
    });
    expect(receiver.batches[0]?.spans).toHaveLength(1);
    expect(receiver.exchanges[0]).toMatchObject({
      status: 200,
      org: 'acme',
      accepted: 1,
      rejected: 2,
      encoding,
    });
  });

  test.each(ENCODINGS)('%s with nothing rejected but something cut is a warning', async (encoding) => {
    const receiver = await startReceiver();
    const answer = await postSpans(receiver, encoding, [sampleSpan({ links: [{}] })]);
    const { partialSuccess } = readReply('ExportTraceServiceResponse', encoding, answer) as {
      partialSuccess: Record<string, string>;
    };
    expect(partialSuccess['errorMessage']).toContain('link without valid ids');
    expect(partialSuccess['rejectedSpans'] ?? '0').toBe('0');
  });
});

describe('8: errors are google.rpc.Status in the encoding of the request', () => {
  const refusals: [ErrorCode, number, number][] = [
    ['UNAUTHENTICATED', 401, 16],
    ['FORBIDDEN', 403, 7],
    ['BAD_REQUEST', 400, 3],
    ['TOO_LARGE', 413, 3],
    ['OVERLOADED', 429, 8],
    ['STORE_UNAVAILABLE', 503, 14],
  ];

  test.each(refusals.flatMap((refusal) => ENCODINGS.map((encoding) => [...refusal, encoding] as const)))(
    '%s is %i, code %i, as %s',
    async (code, status, rpcCode, encoding) => {
      const receiver = await startReceiver({
        accept: async () => {
          throw new CodedError(code, 'the reason');
        },
      });
      const answer = await postSpans(receiver, encoding, [sampleSpan()]);
      expect(answer.status).toBe(status);
      expect(readReply('RpcStatus', encoding, answer)).toMatchObject({ code: rpcCode, message: 'the reason' });
    },
  );
});

describe('9: what is undecodable is 400, with a BadRequest detail', () => {
  test('protobuf', async () => {
    const receiver = await startReceiver();
    const body = exportOf('protobuf', [sampleSpan()]);
    const answer = await post(receiver, body.subarray(0, body.length - 1));
    expect(answer.status).toBe(400);
    expect(answer.headers['retry-after']).toBeUndefined();
    const status = readReply('RpcStatus', 'protobuf', answer) as {
      code: number;
      message: string;
      details: Record<string, string>[];
    };
    expect(status).toMatchObject({ code: 3, message: expect.stringContaining('not valid protobuf') });
    expect(status.details[0]?.['typeUrl']).toBe('type.googleapis.com/google.rpc.BadRequest');
    expect(decodeToJson('BadRequest', Buffer.from(status.details[0]!['value']!, 'base64'))).toEqual({
      fieldViolations: [{ field: 'body', description: status.message }],
    });
  });

  test('JSON', async () => {
    const receiver = await startReceiver();
    const answer = await post(receiver, Buffer.from('{"resourceSpans":['), { 'content-type': 'application/json' });
    expect(answer.status).toBe(400);
    const message = 'the body is not valid OTLP/JSON: expected an object near byte 18';
    expect(readReply('RpcStatus', 'json', answer)).toEqual({
      code: 3,
      message,
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.BadRequest',
          fieldViolations: [{ field: 'body', description: message }],
        },
      ],
    });
  });
});

describe('10: only what a retry can mend asks for one', () => {
  const outcomes: [string, unknown, number, string | undefined][] = [
    ['overload', new CodedError('OVERLOADED', 'm'), 429, '1'],
    [
      'overload that knows how long',
      new CodedError('OVERLOADED', 'm', { extra: { retryAfterSeconds: 2.5 } }),
      429,
      '3',
    ],
    ['an outage of the store', new CodedError('STORE_UNAVAILABLE', 'm'), 503, '5'],
    ['a shutdown', new CodedError('SHUTTING_DOWN', 'm'), 503, '5'],
    ['a refused statement', new CodedError('STORE_REFUSED', 'm'), 503, '5'],
    ['something unexpected', new TypeError('secret detail'), 503, '5'],
    ['a request that can never be stored', new CodedError('BAD_REQUEST', 'm'), 400, undefined],
    ['an org without permission', new CodedError('FORBIDDEN', 'm'), 403, undefined],
  ];

  test.each(outcomes)('%s', async (_what, error, status, retryAfter) => {
    const fail = async () => {
      throw error;
    };
    for (const failing of [{ accept: fail }, { authenticate: fail }]) {
      const receiver = await startReceiver(failing);
      const answer = await postSpans(receiver, 'json', [sampleSpan()]);
      expect([answer.status, answer.headers['retry-after']]).toEqual([status, retryAfter]);
      expect(answer.body.toString()).not.toContain('secret');
      const body = JSON.parse(answer.body.toString());
      const retryInfo = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfter}s` };
      if (retryAfter !== undefined) expect(body.details).toEqual([retryInfo]);
      // The error comes with its cause, for whoever runs the receiver.
      if (error instanceof TypeError) expect(receiver.faults).toEqual([expect.objectContaining({ cause: error })]);
    }
  });

  test('RetryInfo in protobuf', async () => {
    const receiver = await startReceiver({
      accept: async () => {
        throw new CodedError('STORE_UNAVAILABLE', 'm');
      },
    });
    const status = readReply('RpcStatus', 'protobuf', await postSpans(receiver, 'protobuf', [sampleSpan()]));
    const [detail] = (status as { details: Record<string, string>[] }).details;
    expect(detail?.['typeUrl']).toBe('type.googleapis.com/google.rpc.RetryInfo');
    expect(decodeToJson('RetryInfo', Buffer.from(detail!['value']!, 'base64'))).toEqual({
      retryDelay: { seconds: '5' },
    });
  });
});

describe('11 to 13: ids, 64-bit integers and enums in JSON', () => {
  test('ids in upper case, times and integers as text, enums as numbers', async () => {
    const receiver = await startReceiver();
    const span = sampleSpan({
      traceId: '5B8EFFF798038103D269B633813FC60C',
      spanId: 'EEE19B7EC3C1B174',
      startTimeUnixNano: '1544712660000000000',
      endTimeUnixNano: '1544712660000000001',
      attributes: [{ key: 'n', value: { intValue: '9223372036854775807' } }],
    });
    expect((await postSpans(receiver, 'json', [span])).status).toBe(200);
    expect(receiver.batches[0]?.spans[0]).toMatchObject({
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      startTimeUnixNano: 1544712660000000000n,
      endTimeUnixNano: 1544712660000000001n,
      kind: 'Client',
      attributes: { n: 9223372036854775807n },
    });
  });

  test('an id in base64 is rejected, the name of an enum is 400, snake_case is ignored', async () => {
    const receiver = await startReceiver();
    const base64 = await postSpans(receiver, 'json', [sampleSpan({ traceId: 'W47/95gDgQPSabYzgT/GDA==' })]);
    expect(JSON.parse(base64.body.toString())).toMatchObject({ partialSuccess: { rejectedSpans: '1' } });
    expect((await postSpans(receiver, 'json', [sampleSpan({ kind: 'SPAN_KIND_CLIENT' })])).status).toBe(400);
    expect((await postSpans(receiver, 'json', [sampleSpan({ trace_state: 'x' })])).status).toBe(200);
    expect(receiver.batches[0]?.spans[0]?.traceState).toBe('');
  });
});

describe('14: HTTP/1.1', () => {
  test('one connection carries many requests, refused ones included', async () => {
    const receiver = await startReceiver({ limits: { maxBodyBytes: 100_000 } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number | undefined>();
    const send = (body: Buffer) =>
      new Promise<number>((resolve, reject) => {
        const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
        const outgoing = request(`${receiver.url}/v1/traces`, { method: 'POST', agent, headers }, (incoming) => {
          incoming.resume().on('end', () => resolve(incoming.statusCode ?? 0));
        });
        outgoing.on('socket', (socket) => {
          if (socket.localPort === undefined) socket.once('connect', () => ports.add(socket.localPort));
          else ports.add(socket.localPort);
        });
        outgoing.on('error', reject).end(body);
      });
    const good = exportOf('protobuf', [sampleSpan()]);
    const statuses = [];
    for (const body of [good, Buffer.alloc(100_001), good, Buffer.from('x'), good]) statuses.push(await send(body));
    agent.destroy();
    expect(statuses).toEqual([200, 413, 200, 400, 200]);
    expect(ports.size).toBe(1);
  });

  test('chunked bodies, in pieces of any size', async () => {
    const receiver = await startReceiver();
    const body = gzipSync(exportOf('protobuf', [sampleSpan()]));
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };
    const status = await new Promise((resolve, reject) => {
      const outgoing = request(`${receiver.url}/v1/traces`, { method: 'POST', headers }, (incoming) => {
        incoming.resume().on('end', () => resolve(incoming.statusCode));
      });
      outgoing.on('error', reject);
      for (const byte of body) outgoing.write(Buffer.from([byte]));
      outgoing.end();
    });
    expect(status).toBe(200);
  });

  test('a hundred connections at once', async () => {
    const receiver = await startReceiver();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        postSpans(receiver, ENCODINGS[i % 2]!, [sampleSpan({ name: `span ${i}` })]),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 100 }, () => 200));
    expect(new Set(receiver.batches.map((batch) => batch.spans[0]?.name)).size).toBe(100);
  });
});

describe('15 and 16: an acknowledgement means stored', () => {
  test('a batch that comes again is handed on again, alike', async () => {
    const receiver = await startReceiver();
    for (let i = 0; i < 3; i++) expect((await postSpans(receiver, 'protobuf', [sampleSpan()])).status).toBe(200);
    expect(receiver.batches).toHaveLength(3);
    expect(receiver.batches[2]).toEqual(receiver.batches[0]);
  });

  test('the answer waits for the store', async () => {
    const accepted = Promise.withResolvers<void>();
    const stored = Promise.withResolvers<void>();
    const receiver = await startReceiver({
      accept: () => {
        accepted.resolve();
        return stored.promise;
      },
    });
    let answered = false;
    const answer = postSpans(receiver, 'protobuf', [sampleSpan()]).finally(() => {
      answered = true;
    });
    await accepted.promise;
    // A whole other request goes through meanwhile.
    expect((await post(receiver, Buffer.alloc(0))).status).toBe(200);
    expect(answered).toBe(false);
    stored.resolve();
    expect((await answer).status).toBe(200);
  });
});

describe('TLS', () => {
  test('carries exports, and its senders are no less bound to time', async () => {
    const tls = selfSigned();
    const receiver = await startReceiver({ tls, limits: { requestTimeoutMs: 300, headersTimeoutMs: 200 } });
    const send = (end: boolean) =>
      new Promise<number | undefined>((resolve, reject) => {
        const body = exportOf('protobuf', [sampleSpan()]);
        const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
        const target = { host: '127.0.0.1', port: receiver.port, path: '/v1/traces', method: 'POST', headers };
        const outgoing = requestTls({ ...target, rejectUnauthorized: false }, (incoming) => {
          incoming.resume().on('end', () => resolve(incoming.statusCode));
        });
        outgoing.on('error', reject);
        if (end) outgoing.end(body);
        else outgoing.write(body.subarray(1));
      });
    expect(await send(true)).toBe(200);
    expect(receiver.batches[0]?.spans).toHaveLength(1);
    expect(await send(false)).toBe(408);
  });
});

describe('authentication', () => {
  test('comes before the body is read, and its 401 asks for a token', async () => {
    const seen: (string | undefined)[] = [];
    const receiver = await startReceiver({
      authenticate: async (authorization) => {
        seen.push(authorization);
        throw new CodedError('UNAUTHENTICATED', 'the token is not known');
      },
    });
    const answer = await post(receiver, Buffer.alloc(1_000_000), { authorization: 'Bearer nope' });
    expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Bearer']);
    await post(receiver, Buffer.alloc(0));
    expect(seen).toEqual(['Bearer nope', undefined]);
    expect(receiver.exchanges[0]).toMatchObject({ status: 401, org: '', wireBytes: 0 });
  });
});

describe('logs and metrics on the traces path', () => {
  test('are refused and named', async () => {
    const receiver = await startReceiver();
    const json = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"${NOW_NANO}"}]}]}]}`;
    const answer = await post(receiver, Buffer.from(json), { 'content-type': 'application/json' });
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body.toString()).message).toBe('the body holds logs, not traces: send it to /v1/logs');
    expect(receiver.batches).toEqual([]);
  });
});
