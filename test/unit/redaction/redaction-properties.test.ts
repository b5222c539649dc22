import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { expandExample, seededRandom } from './expand-example.ts';
import { anyExample, hostileText } from './hostile-text.ts';

const redactor = createRedactor({ key: new Uint8Array(32).fill(3) });

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
  ['base64 in JSON', (text) => JSON.stringify({ data: Buffer.from(`it is ${text} here`).toString('base64') })],
];

describe('for texts that nobody would write', () => {
  it('redacting twice changes nothing more', () => {
    for (let seed = 1; seed <= 1100; seed++) {
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
    const other = createRedactor({ key: new Uint8Array(32).fill(3) });
    for (let seed = 3000; seed >= 2900; seed--) {
      const text = hostileText(seededRandom(seed), 20);
      expect(other.redactText(text)).toEqual(redactor.redactText(text));
    }
  });
});

describe('no secret of the generators survives', () => {
  it.each(WAYS)('in %s', (way, wrap) => {
    for (let seed = 1; seed <= 400; seed++) {
      const random = seededRandom(seed * 31 + way.length);
      const { text, secret, kind } = anyExample(random);
      const { text: redacted } = redactor.redactText(wrap(`please use ${text} for it`));
      const readable = [redacted, decodeURIComponent(redacted.replace(/%(?![0-9A-Fa-f]{2})/g, '%25'))];
      for (const run of redacted.matchAll(/[A-Za-z0-9+/]{24,}={0,2}/g))
        readable.push(Buffer.from(run[0], 'base64').toString());
      for (const reading of readable) expect(reading.includes(secret), `${kind} in ${way}, seed ${seed}`).toBe(false);
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
