import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { createWorkBudget } from '../../../engine/redaction/work-budget.ts';
import { seededRandom } from './expand-example.ts';
import { anyExample, hostileText } from './hostile-text.ts';

const KEY = new Uint8Array(32).fill(9);
// the same texts on every machine; try others by hand
fc.configureGlobal({ seed: 20261121 });
const redactor = createRedactor({ key: KEY });

const hostile = fc
  .tuple(fc.integer({ min: 1, max: 2 ** 31 }), fc.integer({ min: 1, max: 24 }))
  .map(([seed, pieces]) => hostileText(seededRandom(seed), pieces));
/** A secret of a kind with a form of its own, and the text it stands in. */
const example = fc.integer({ min: 1, max: 2 ** 31 }).map((seed) => anyExample(seededRandom(seed)));

const fingerprintsOf = (text: string) => redactor.redactText(text).findings.map((finding) => finding.fingerprint);

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const LAYERS: Readonly<Record<string, (text: string) => string>> = {
  'JSON leaf': (text) => JSON.stringify({ note: text }),
  'list in JSON': (text) => JSON.stringify(['a', [text]]),
  percent: (text) => `https://x.example/?q=${encodeURIComponent(text)}`,
  base64: (text) => `x ${base64(`the text: ${text}`)} y`,
};
/** Up to two layers around a text, the outermost last. */
const layers = fc.array(fc.constantFrom(...Object.keys(LAYERS)), { minLength: 1, maxLength: 2 });

describe('for any text', () => {
  const any = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.json(), hostile);

  it('redacting twice changes nothing more', () => {
    fc.assert(
      fc.property(any, (text) => {
        const once = redactor.redactText(text).text;
        expect(redactor.redactText(once).text).toBe(once);
      }),
      { numRuns: 600 },
    );
  });

  it('the result is at most eight times as long and 64 characters more', () => {
    fc.assert(
      fc.property(any, (text) => redactor.redactText(text).text.length <= 8 * text.length + 64),
      { numRuns: 400 },
    );
  });

  it('the same key gives the same result, whatever was redacted before', () => {
    const other = createRedactor({ key: KEY });
    fc.assert(
      fc.property(fc.array(any, { maxLength: 4 }), (texts) => {
        const forward = texts.map((text) => redactor.redactText(text));
        const backward = texts.toReversed().map((text) => other.redactText(text));
        expect(backward.toReversed()).toEqual(forward);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a budget that is spent', () => {
  it('takes the text whole and is reported; one that is enough changes nothing, whatever was given up before', () => {
    const limited = createRedactor({ key: KEY });
    fc.assert(
      fc.property(hostile, fc.integer({ min: 0, max: 20_000 }), (text, steps) => {
        const unlimited = redactor.redactText(text).text;
        const { text: redacted, findings } = limited.redactText(text, { budget: createWorkBudget(steps) });
        const spent = findings.some((finding) => finding.class === 'failure' && finding.end === text.length);
        if (spent) expect(redacted).toMatch(/^\[REDACTED:\w{4}\]$/);
        else expect(redacted).toBe(unlimited);
      }),
      { numRuns: 600 },
    );
  });

  it('hides nothing of the next text, at the same place and under the same rules', () => {
    const secret = `AKIA${'Q7XW2MZP4RT6YB3N'}`;
    const limited = createRedactor({ key: KEY });
    const long = `${'-'.repeat(40)} ${secret} ${'password = x '.repeat(2_000)}`;
    for (let steps = 0; steps < 60_000; steps += 1_500) {
      limited.redactText(long, { budget: createWorkBudget(steps) });
      expect(limited.redactText(`${'-'.repeat(20)} ${secret} ${'-'.repeat(50)}`).text).not.toContain(secret);
    }
  });
});

describe('for any secret', () => {
  it('it is gone in every nesting of encodings, and has the fingerprint that it has as it stands', () => {
    fc.assert(
      fc.property(example, layers, ({ text, secret }, around) => {
        const framed = `please use ${text} for it`;
        const wrapped = around.reduce((inner, layer) => LAYERS[layer]!(inner), framed);
        expect(redactor.redactText(wrapped).text.includes(secret)).toBe(false);
        const plain = fingerprintsOf(framed);
        expect(
          fingerprintsOf(wrapped).some((one) => plain.includes(one)),
          wrapped,
        ).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('a value allowed by its fingerprint stays, all others go', () => {
    fc.assert(
      fc.property(example, example, (allowed, other) => {
        fc.pre(allowed.secret !== other.secret && !/[\n\\]/.test(allowed.secret));
        const known = redactor.redactText(allowed.secret).findings;
        fc.pre(known.length === 1 && known[0]!.end - known[0]!.start === allowed.secret.length);
        const lenient = createRedactor({ key: KEY, policy: { allowed: [known[0]!.fingerprint] } });
        expect(lenient.redactText(allowed.secret).text).toBe(allowed.secret);
        expect(lenient.redactText(`x ${other.text} y`).text.includes(other.secret)).toBe(false);
      }),
      { numRuns: 12 },
    );
  });
});
