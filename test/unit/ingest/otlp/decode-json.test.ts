import { describe, expect, test } from 'vitest';
import { CodedError } from '../../../../engine/core/errors.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../../ingest/otlp/decode-limits.ts';
import { decodeTraces } from '../../../../ingest/otlp/decode-traces.ts';
import { JsonReader } from '../../../../ingest/otlp/json-reader.ts';
import { newRandom, type Random } from './random.ts';
import { NOW_UNIX_MS, randomRequest } from './random-request.ts';
import { referenceSpans, toOtlpJson } from './reference.ts';

function decode(json: string) {
  return decodeTraces(Buffer.from(json), 'json', DEFAULT_DECODE_LIMITS, () => NOW_UNIX_MS);
}

function requestOf(span: string): string {
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`;
}

const IDS = '"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174"';
const TIMES = '"startTimeUnixNano":"1795000000000000000","endTimeUnixNano":"1795000000000000001"';

function spanWith(members: string) {
  return decode(requestOf(`{${IDS},${TIMES}${members === '' ? '' : `,${members}`}}`));
}

function attributeValue(anyValue: string) {
  const decoded = spanWith(`"attributes":[{"key":"k","value":${anyValue}}]`);
  expect(decoded.errors).toEqual([]);
  return decoded.spans[0]!.attributes['k'];
}

describe('the JSON decoder against an independent one', () => {
  test.each([1, 2, 3, 4])('reads random valid exports like their protobuf twins (seed %i)', (seed) => {
    const random = newRandom(seed);
    for (let i = 0; i < 200; i++) {
      const body = randomRequest(random);
      const json = write(random, toOtlpJson(body));
      const decoded = decode(json);
      expect(decoded.errors.filter((error) => !error.includes('resourceSpans'))).toEqual([]);
      expect(decoded.spans).toEqual(referenceSpans(body));
    }
  });

  test('takes what JSON.parse takes, and nothing else', () => {
    const random = newRandom(7);
    const sample = write(random, {
      a: [1.5e-7, -0, true, false, null, 'x\n"\\é😀'],
      b: { c: [], d: {}, e: [[{ f: 'g' }]] },
    });
    let valid = 0;
    for (let i = 0; i < 20_000; i++) {
      const text = mutate(random, sample);
      // Control characters in strings are the one thing that ours lets pass.
      if ([...text].some((character) => character < ' ')) continue;
      const expected = isJson(text);
      expect([text, accepts(text)]).toEqual([text, expected]);
      if (expected) valid++;
    }
    expect(valid).toBeGreaterThan(500);
  });
});

describe('64-bit integers in JSON', () => {
  test.each([
    ['{"intValue":"9223372036854775807"}', 9223372036854775807n],
    ['{"intValue":9223372036854775807}', 9223372036854775807n],
    ['{"intValue":-9223372036854775808}', -9223372036854775808n],
    ['{"intValue":"9007199254740993"}', 9007199254740993n],
    ['{"intValue":9007199254740993}', 9007199254740993n],
    ['{"intValue":"42"}', 42],
    ['{"intValue":42}', 42],
    ['{"intValue":-0}', 0],
    ['{"intValue":1e3}', 1000],
    // JavaScript exporters send any integral number as intValue, however large.
    ['{"intValue":1e300}', 1e300],
    ['{"intValue":100000000000000000000}', 1e20],
    ['{"intValue":1.5}', 1.5],
  ])('%s is exact', (json, value) => {
    expect(attributeValue(json)).toEqual(value);
  });

  test.each(['"1544712660123456789"', '1544712660123456789'])('a time of %s is exact', (time) => {
    const { spans } = decode(requestOf(`{${IDS},"startTimeUnixNano":${time}}`));
    expect(spans[0]!.startTimeUnixNano).toBe(1544712660123456789n);
    expect(spans[0]!.endTimeUnixNano).toBe(1544712660123456789n);
  });
});

describe('values in JSON', () => {
  test.each([
    ['{"doubleValue":1.5}', 1.5],
    ['{"doubleValue":"1.5"}', 1.5],
    ['{"doubleValue":36893488147419103232}', 2 ** 65],
    ['{"doubleValue":"NaN"}', Number.NaN],
    ['{"doubleValue":"Infinity"}', Number.POSITIVE_INFINITY],
    ['{"doubleValue":"-Infinity"}', Number.NEGATIVE_INFINITY],
    ['{"doubleValue":null}', null],
    ['{"boolValue":false}', false],
    ['{"stringValue":""}', ''],
    ['{"stringValue":null}', null],
    ['{"stringValue":"\\u00e9\\n\\u0000"}', 'é\n\u0000'],
    ['{"stringValue":"\\ud83d\\ude00"}', '😀'],
    ['{"bytesValue":"AQID/w=="}', new Uint8Array([1, 2, 3, 255])],
    ['{"bytesValue":"AQID_w"}', new Uint8Array([1, 2, 3, 255])],
    ['{"arrayValue":{"values":[{"intValue":"1"},{},{"stringValue":"a"}]}}', [1, null, 'a']],
    ['{"arrayValue":{}}', []],
    ['{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}},{"key":"b"}]}}', { a: true, b: null }],
    ['{}', null],
    ['null', null],
    ['{"intValue":"1","stringValue":null}', 1],
    ['{"unknownValue":{"deep":[1,{"a":"b"}]},"intValue":"1"}', 1],
  ])('%s', (json, value) => {
    expect(attributeValue(json)).toEqual(value);
  });

  test('lone surrogates become U+FFFD, in keys too', () => {
    expect(attributeValue('{"stringValue":"a\\ud800b"}')).toBe('a\ufffdb');
    const { spans } = spanWith('"name":"\\udc00","attributes":[{"key":"\\ud800","value":{"intValue":1}}]');
    expect(spans[0]!.name).toBe('\ufffd');
    expect(spans[0]!.attributes['\ufffd']).toBe(1);
  });

  test('invalid UTF-8 becomes U+FFFD', () => {
    const body = Buffer.from(requestOf(`{${IDS},${TIMES},"name":"a?b"}`));
    body[body.indexOf('a?b') + 1] = 0xff;
    const { spans } = decodeTraces(body, 'json', DEFAULT_DECODE_LIMITS, () => NOW_UNIX_MS);
    expect(spans[0]!.name).toBe('a\ufffdb');
  });
});

describe('members in JSON', () => {
  test('ids are hex in either case and come out lower-case', () => {
    const { spans } = decode(
      requestOf(`{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174",${TIMES}}`),
    );
    expect(spans[0]).toMatchObject({ traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174' });
  });

  test('an enum is a number; unknown numbers are unspecified', () => {
    expect(spanWith('"kind":3,"status":{"code":2}').spans[0]).toMatchObject({ kind: 'Client', statusCode: 'Error' });
    expect(spanWith('"kind":99,"status":{"code":99}').spans[0]).toMatchObject({
      kind: 'Unspecified',
      statusCode: 'Unset',
    });
  });

  test.each(['"kind":"SPAN_KIND_CLIENT"', '"kind":"3"', '"status":{"code":"STATUS_CODE_OK"}'])(
    'an enum that is not a number is refused, as OTLP forbids names: %s',
    (members) => {
      expect(() => spanWith(members)).toThrow(/the number of an enum, not its name/);
    },
  );

  test('null is an absent field everywhere', () => {
    const names =
      'traceState parentSpanId name kind endTimeUnixNano attributes events links status droppedLinksCount'.split(' ');
    const { spans, errors } = decode(
      requestOf(`{${IDS},"startTimeUnixNano":"1795000000000000000",${names.map((name) => `"${name}":null`).join()}}`),
    );
    expect(errors).toEqual([]);
    expect(spans[0]).toMatchObject({ name: '', kind: 'Unspecified', attributes: {}, events: [], links: [] });
    expect(decode('{"resourceSpans":null}').spans).toEqual([]);
    expect(decode('null').spans).toEqual([]);
  });

  test('snake_case members are unknown ones', () => {
    const { spans } = spanWith('"trace_state":"x","parent_span_id":"00f067aa0ba902b7","dropped_links_count":3');
    expect(spans[0]).toMatchObject({ traceState: '', parentSpanId: '', attributes: {} });
  });

  test('a body without resourceSpans is accepted with a warning, an empty one without', () => {
    expect(decode('{"resource_spans":[]}')).toMatchObject({
      rejected: 0,
      errors: [expect.stringContaining('no member resourceSpans')],
    });
    expect(decode('{}').errors).toEqual([]);
    expect(decode('').errors).toEqual([]);
  });

  test('of duplicate keys the last wins, and keys of Object.prototype are ordinary', () => {
    const attributes = ['__proto__', 'a', 'constructor', 'a', 'hasOwnProperty'].map(
      (key, i) => `{"key":"${key}","value":{"intValue":${i}}}`,
    );
    const { spans } = spanWith(`"attributes":[${attributes.join()}]`);
    expect(Object.entries(spans[0]!.attributes)).toEqual([
      ['__proto__', 0],
      ['a', 3],
      ['constructor', 2],
      ['hasOwnProperty', 4],
    ]);
    expect(Object.getPrototypeOf(spans[0]!.attributes)).toBeNull();
    expect({}).not.toHaveProperty('a');
  });
});

describe('a body that is not OTLP/JSON is refused', () => {
  test.each([
    ['[]', 'an object'],
    ['"x"', 'an object'],
    ['{"resourceSpans":{}}', 'an array'],
    ['{"resourceSpans":[1]}', 'an object'],
    ['{"resourceSpans":[', 'an object'],
    ['{} x', 'the end'],
    [requestOf(`{${IDS},${TIMES},"name":1}`), 'a string'],
    [requestOf(`{${IDS},${TIMES},"attributes":{"k":"v"}}`), 'an array'],
    [requestOf(`{${IDS},${TIMES},"attributes":[{"key":"k","value":{"intValue":"abc"}}]}`), 'an integer'],
    [requestOf(`{${IDS},${TIMES},"attributes":[{"key":"k","value":{"boolValue":"true"}}]}`), 'true or false'],
    [requestOf(`{${IDS},${TIMES},"attributes":[{"key":"k","value":{"doubleValue":"many"}}]}`), 'a number'],
    [requestOf(`{${IDS},${TIMES},"attributes":[{"key":"k","value":{"doubleValue":NaN}}]}`), 'a number'],
    [requestOf(`{${IDS},${TIMES},"attributes":[{"key":"k","value":{"bytesValue":"%%"}}]}`), 'base64'],
    [requestOf(`{${IDS},${TIMES},"x":"\\x41"}`), 'a valid string'],
  ])('%s', (json, expected) => {
    expect(() => decode(json)).toThrow(CodedError);
    expect(() => decode(json)).toThrow(`expected ${expected}`);
  });

  test('a hundred thousand brackets are refused without a stack overflow', () => {
    expect(() => decode(`{"unknown":${'['.repeat(100_000)}`)).toThrow(/less nesting/);
    expect(() => decode('{"resourceSpans":'.repeat(100_000))).toThrow(CodedError);
  });
});

/** Writes JSON with everything that its grammar and proto3's mapping leave open chosen at random. */
function write(random: Random, value: unknown, name = ''): string {
  const space = random.chance(0.1) ? random.pick([' ', '\n', '\t', '\r\n  ']) : '';
  if (Array.isArray(value)) return `${space}[${value.map((item) => write(random, item)).join(`${space},`)}${space}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(
      ([key, inner]) => `${quote(random, key)}${space}:${write(random, inner, key)}`,
    );
    if (random.chance(0.1)) members.push('"unknownField":[{"x":["]}",1e5,null]},"\\""]');
    if (random.chance(0.1)) members.unshift('"another":null');
    return `${space}{${members.join(',')}${space}}`;
  }
  const isInteger = /UnixNano$|^intValue$/.test(name);
  if (isInteger && random.chance(0.5)) return `${value}`;
  if (/Id$/.test(name) && random.chance(0.3)) return JSON.stringify(String(value).toUpperCase());
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'string' ? quote(random, value) : JSON.stringify(value);
}

function quote(random: Random, text: string): string {
  if (!random.chance(0.2)) return JSON.stringify(text);
  const units = Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`);
  return `"${units.join('')}"`;
}

function mutate(random: Random, text: string): string {
  const at = random.below(text.length);
  const kind = random.below(4);
  if (kind === 0) return text.slice(0, at) + text.slice(at + 1);
  if (kind === 1) return text.slice(0, at);
  const piece = random.pick([
    '"',
    ',',
    ':',
    '{',
    '}',
    '[',
    ']',
    '0',
    '1',
    '-',
    '.',
    'e',
    '\\',
    'null',
    'x',
    ' ',
    '\\u12',
    '\\n',
  ]);
  return text.slice(0, at) + piece + text.slice(at + (kind === 2 ? 0 : 1));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function accepts(text: string): boolean {
  const r = new JsonReader(Buffer.from(text));
  try {
    r.skip();
    r.finish();
    return true;
  } catch (error) {
    if (error instanceof CodedError) return false;
    throw error;
  }
}
