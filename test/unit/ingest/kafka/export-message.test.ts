import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../../engine/core/errors.ts';
import { deadLetter, openLetter } from '../../../../ingest/kafka/dead-letter.ts';
import { CODECS, packMessage, readHead, unpackBody } from '../../../../ingest/kafka/export-message.ts';

const BODY = Buffer.from('some words that come again and again. '.repeat(100));
const MESSAGE = { org: 'acme', signal: 'traces', encoding: 'json', traceId: 'ab', items: 3, body: BODY } as const;

describe('a message on its way through Kafka', () => {
  it.each(CODECS)('comes out as it went in, with %s', async (codec) => {
    const packed = await packMessage(MESSAGE, codec);
    expect(packed.key.toString()).toBe('acme/ab');
    expect(packed.value.length < BODY.length / 5).toBe(codec !== 'none');
    const head = readHead(
      Object.fromEntries(Object.entries(packed.headers).map(([name, text]) => [name, Buffer.from(text)])),
    );
    expect(head).toEqual({ org: 'acme', signal: 'traces', encoding: 'json', codec, fromGateway: false });
    expect(Buffer.from(await unpackBody(packed.value, head.codec))).toEqual(BODY);
  });

  it('says that it came from a gateway, where it did', async () => {
    const { headers } = await packMessage({ ...MESSAGE, fromGateway: true }, 'none');
    expect(readHead(headers).fromGateway).toBe(true);
  });

  it('is left as it is when it is small', async () => {
    const packed = await packMessage({ ...MESSAGE, body: Buffer.from('{}') }, 'zstd');
    expect([packed.headers['codec'], packed.value.toString()]).toEqual(['none', '{}']);
  });

  it.each([
    ['a bomb', Buffer.alloc(65 * 1024 * 1024)],
    ['no zstd', undefined],
  ])('is refused when its body is %s', async (_, body) => {
    const value =
      body === undefined ? Buffer.from('nonsense') : (await packMessage({ ...MESSAGE, body }, 'zstd')).value;
    await expect(unpackBody(value, 'zstd')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  it.each([[undefined], [{}], [{ format: '2' }], [{ format: '1', signal: 'traces', encoding: 'xml', codec: 'zstd' }]])(
    'is refused when its headers are %j',
    (headers) => expect(() => readHead(headers)).toThrow('not known here'),
  );
});

describe('a dead letter', () => {
  const key = (org: string) => new Uint8Array(32).fill(org.length);
  const place = { topic: 't', partition: 2, offset: '7' };
  const error = new CodedError('BAD_REQUEST', 'the body is not valid protobuf (near byte 3)');

  it('says why and shows nothing of the content', async () => {
    const message = await packMessage({ ...MESSAGE, body: Buffer.from('the secret') }, 'none');
    const letter = deadLetter(message, place, error, key, 0);
    expect(letter.headers).toMatchObject({
      org: 'acme',
      reason: error.message,
      code: 'BAD_REQUEST',
      from: 't/2/7',
      'failed-at': '1970-01-01T00:00:00.000Z',
    });
    expect(letter.value.includes('secret')).toBe(false);
    expect(openLetter(letter, key)).toEqual({ ...message, headers: { ...message.headers } });
  });

  it.each([
    ['another key', (letter: ReturnType<typeof deadLetter>) => letter, () => new Uint8Array(32)],
    [
      'another org',
      (letter: ReturnType<typeof deadLetter>) => ({ ...letter, headers: { ...letter.headers, org: 'emca' } }),
      key,
    ],
    [
      'a changed body',
      (letter: ReturnType<typeof deadLetter>) => ({ ...letter, value: Buffer.from(letter.value).fill(1, 14, 15) }),
      key,
    ],
    ['no body', (letter: ReturnType<typeof deadLetter>) => ({ ...letter, value: null }), key],
  ])('does not open under %s', async (_, change, under) => {
    const letter = deadLetter(await packMessage(MESSAGE, 'none'), place, error, key, 0);
    expect(() => openLetter(change(letter), under)).toThrow('does not open under this master key');
  });
});
