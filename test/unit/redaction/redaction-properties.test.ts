import { constants, deflateSync, gunzipSync, gzipSync, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { expandExample, seededRandom } from './expand-example.ts';
import { anyExample, hostileText } from './hostile-text.ts';

const redactor = createRedactor({ key: new Uint8Array(32).fill(3), policy: { actions: { IP_ADDRESS: 'token' } } });

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function inLines(text: string, width: number): string {
  return text.match(new RegExp(`.{1,${width}}`, 'g'))!.join('\r\n');
}

function quotedPrintable(text: string): string {
  const encoded = text.replace(
    /[=\x80-\xff]/g,
    (mark) => `=${mark.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return encoded.match(/(?:=[0-9A-F]{2}|[^=]){1,70}/g)!.join('=\r\n');
}

/** What is readable in a text to who tries every way above. */
function readings(text: string, depth = 0): string[] {
  const found = [text];
  if (depth === 3) return found;
  const more = new Set<string>();
  const add = (reading: string): void => {
    if (reading !== text) more.add(reading);
  };
  add(decodeURIComponent(text.replace(/%(?![0-9A-Fa-f]{2})/g, '%25').replace(/%(?=[89A-Fa-f])/g, '%25')));
  add(text.replace(/\\u00([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))));
  add(text.replace(/\\x([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))));
  add(text.replace(/\\r\\n|\\n/g, '\n').replace(/\\(["\\/])/g, '$1'));
  add(text.replace(/\0/g, ''));
  add(
    text
      .replace(/=\r\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
  );
  add(text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code))));
  for (const joined of new Set([text, text.replace(/\r?\n */g, '')])) {
    for (const [run] of joined.matchAll(/[A-Za-z0-9+/_-]{24,}={0,2}/g)) {
      const bytes = Buffer.from(run, 'base64');
      for (const one of [bytes, Buffer.from(run.replace(/^0x/, ''), 'hex')]) {
        add(one.toString());
        add(one.toString('utf16le'));
        add(one.toString('latin1').replace(/\0/g, ''));
      }
      for (const inflate of [gunzipSync, inflateSync]) {
        try {
          add(inflate(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).toString());
        } catch {
          // not compressed
        }
      }
    }
  }
  for (const reading of more) found.push(...readings(reading, depth + 1));
  return found;
}

/** Ways in which text reaches a span. Each leaves a secret within it readable to who knows the way. */
const WAYS: readonly [string, (text: string) => string][] = [
  ['plain', (text) => text],
  ['a JSON leaf', (text) => JSON.stringify({ role: 'user', content: text, n: 1 })],
  ['a JSON list', (text) => JSON.stringify([[text], text])],
  ['JSON in JSON', (text) => JSON.stringify({ arguments: JSON.stringify({ q: text }) })],
  ['JSON in JSON in JSON', (text) => JSON.stringify({ a: JSON.stringify({ b: JSON.stringify({ c: text }) }) })],
  ['a JSON string in text', (text) => `log: ${JSON.stringify(text)} end`],
  ['JSON in a line of text', (text) => `out\n{"m":${JSON.stringify(text)}}\nmore`],
  ['JSON cut off', (text) => JSON.stringify({ content: `${text} `, more: 'x' }).slice(0, -6)],
  ['percent encoding', (text) => `https://x.io/?q=${encodeURIComponent(text)}`],
  ['base64', (text) => `b ${Buffer.from(`it is ${text} here`).toString('base64')} e`],
  ['percent encoding, twice', (text) => `next=${encodeURIComponent(encodeURIComponent(`a ${text} b`))}`],
  ['base64url', (text) => `b ${Buffer.from(`it is ${text} here`).toString('base64url')} e`],
  ['base64 of base64', (text) => `b ${base64(base64(`it is ${text} here`))} e`],
  [
    'base64 in lines',
    (text) => `Content:\r\n\r\n${inLines(base64(`some words before it ${text} and after`.repeat(2)), 76)}\r\n`,
  ],
  [
    'base64 in indented lines',
    (text) => `data: |\n  ${inLines(base64(`some words ${text} here`), 64).replace(/\r\n/g, '\n  ')}\n`,
  ],
  ['base64 in lines in JSON', (text) => JSON.stringify({ m: inLines(base64(`some words ${text} here`), 64) })],
  ['hex', (text) => `0x${Buffer.from(`it is ${text} here`).toString('hex')}`],
  ['hex escapes', (text) => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')],
  ['gzip', (text) => `z ${gzipSync(`it is ${text} here`).toString('base64')} e`],
  [
    'gzip cut off',
    (text) =>
      `z ${gzipSync(`it is ${text} here ${'and more '.repeat(9)}`)
        .subarray(0, -8)
        .toString('base64url')}`,
  ],
  ['zlib', (text) => JSON.stringify({ z: deflateSync(`it is ${text} here`).toString('base64') })],
  ['base64 of UTF-16', (text) => `powershell -enc ${Buffer.from(`it is ${text} here`, 'utf16le').toString('base64')}`],
  ['hex of UTF-16', (text) => Buffer.from(`\ufeffit is ${text} here`, 'utf16le').swap16().toString('hex')],
  ['UTF-16 read as bytes', (text) => `it is ${text} here`.replace(/[\s\S]/g, '$&\0')],
  ['UTF-16 read as bytes in JSON', (text) => JSON.stringify({ a: `it is ${text} here`.replace(/[\s\S]/g, '\0$&') })],
  ['quoted-printable', (text) => quotedPrintable(`please use it now, it is the one: ${text} and be well`)],
  ['entities', (text) => `<p>${text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`)}</p>`],
  ['base64 in JSON', (text) => JSON.stringify({ data: Buffer.from(`it is ${text} here`).toString('base64') })],
];

describe('for texts that nobody would write', () => {
  it('redacting twice changes nothing more', () => {
    for (let seed = 1; seed <= 700; seed++) {
      const random = seededRandom(seed);
      const [way, wrap] = WAYS[seed % WAYS.length]!;
      const once = redactor.redactText(wrap(hostileText(random, 2 + Math.floor(random() * 30)))).text;
      expect(redactor.redactText(once).text, `${way}, seed ${seed}`).toBe(once);
    }
  });

  it('the output is at most eight times as long, findings and edits agree with it', () => {
    for (let seed = 2000; seed <= 2400; seed++) {
      const text = hostileText(seededRandom(seed), 25);
      const { text: redacted, findings, edits } = redactor.redactText(text);
      expect(redacted.length).toBeLessThanOrEqual(8 * text.length + 64);
      let rebuilt = '';
      let at = 0;
      for (const edit of edits) {
        rebuilt += text.slice(at, edit.start) + edit.text;
        at = edit.end;
      }
      expect(rebuilt + text.slice(at)).toBe(redacted);
      for (const finding of findings) {
        expect(edits.some((edit) => edit.start === finding.start && edit.end === finding.end)).toBe(true);
      }
    }
  });

  it('the shortest values under names stay within the bound too', () => {
    const text = JSON.stringify({ password: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] });
    expect(redactor.redactText(text).text.length).toBeLessThanOrEqual(8 * text.length + 64);
  });

  it('is the same for the same key, whatever was redacted before', () => {
    const other = createRedactor({ key: new Uint8Array(32).fill(3), policy: { actions: { IP_ADDRESS: 'token' } } });
    for (let seed = 3000; seed >= 2900; seed--) {
      const text = hostileText(seededRandom(seed), 20);
      expect(other.redactText(text)).toEqual(redactor.redactText(text));
    }
  });
});

describe('no secret of the generators survives', () => {
  it.each(WAYS)('in %s', (way, wrap) => {
    for (let seed = 1; seed <= 100; seed++) {
      const random = seededRandom(seed * 31 + way.length);
      const { text, secret, kind } = anyExample(random);
      const { text: redacted } = redactor.redactText(wrap(`please use ${text} for it`));
      for (const reading of readings(redacted))
        expect(reading.includes(secret), `${kind} in ${way}, seed ${seed}`).toBe(false);
    }
  });

  it.each([
    ['a list of pieces', (parts: string[]) => JSON.stringify(parts)],
    ['deltas of a stream', (parts: string[]) => JSON.stringify(parts.map((delta, n) => ({ type: 'text', n, delta })))],
    ['a sum of strings', (parts: string[]) => `const key = ${parts.map((part) => `"${part}"`).join(' + ')};`],
    ['a sum over lines', (parts: string[]) => `call(${parts.map((part) => `'${part}'`).join(' +\n    ')})`],
    ['strings under each other', (parts: string[]) => `x = (${parts.map((part) => `"${part}"`).join('\n     ')})`],
    ['lines that go on', (parts: string[]) => `curl -H ${parts.join('\\\n  ')} https://x.io`],
  ])('split over %s', (way, wrap) => {
    const kinds = ['ANTHROPIC_KEY', 'GITHUB_TOKEN', 'OPENAI_KEY', 'AWS_ACCESS_KEY', 'STRIPE_KEY', 'SLACK_TOKEN'];
    let tried = 0;
    for (let seed = 1; tried < 60; seed++) {
      const random = seededRandom(seed * 37 + way.length);
      const { secret, kind } = anyExample(random);
      if (!kinds.includes(kind)) continue;
      tried++;
      const at = 6 + Math.floor(random() * (secret.length - 10));
      const text = wrap([secret.slice(0, 3), secret.slice(3, at), secret.slice(at)]);
      const { text: redacted } = redactor.redactText(text);
      expect(redacted.includes(secret.slice(at)), `${kind}, seed ${seed}: ${text}`).toBe(false);
      expect(redactor.redactText(redacted).text).toBe(redacted);
    }
  });

  it('under telling names, in whatever notation', () => {
    const notations: ((name: string, value: string) => string)[] = [
      (name, value) => JSON.stringify({ [name]: value }),
      (name, value) => `${name.toUpperCase()}=${value}`,
      (name, value) => `--${name.replace(/_/g, '-')}=${value}`,
      (name, value) => `const ${name} = "${value}";`,
      (name, value) => `${name}: '${value}'`,
      (name, value) => `https://x.io/?${name}=${value}&a=b`,
      (name, value) => `{\\"${name}\\": \\"${value}\\"}`,
    ];
    const random = seededRandom(77);
    for (const name of ['password', 'api_key', 'client_secret', 'access_token', 'auth_token', 'db_password']) {
      for (const notation of notations) {
        const value = expandExample('k{b62:18}7', random).text;
        const text = notation(name, value);
        expect(redactor.redactText(text).text.includes(value), text.replace(value, '...')).toBe(false);
      }
    }
  });
});
