import { describe, expect, it } from 'vitest';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { RULE_TABLE } from '../../../engine/redaction/rule-table.ts';
import { NAME_STEMS } from '../../../engine/redaction/sensitive-names.ts';
import { expandExample, seededRandom } from './expand-example.ts';

const redactor = createRedactor({ key: new Uint8Array(32).fill(2), policy: { actions: { IP_ADDRESS: 'token' } } });
const SHORT = 24_000;
const FACTOR = 4;
/** Four times the text may take this many times as long: linear is 4, quadratic 16. */
const MOST = 10;
/** Less than this is noise, milliseconds. */
const NOISE = 12;

const FROM_TABLES = /^(?:vendor|prefixed)-/;

/** CPU time of the fastest round. */
function milliseconds(unit: string, length: number, rounds: number): number {
  const text = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds && best > NOISE / 4; round++) {
    const started = process.cpuUsage();
    redactor.redactText(text);
    const { user, system } = process.cpuUsage(started);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function expectLinear(units: Iterable<string>): void {
  for (const unit of units) {
    let long = milliseconds(unit, SHORT * FACTOR, 1);
    if (long < NOISE) continue;
    const short = Math.max(milliseconds(unit, SHORT, 2), NOISE / FACTOR);
    // only what looks too slow is measured again
    if (long / short >= MOST) long = Math.min(long, milliseconds(unit, SHORT * FACTOR, 3));
    expect(long / short, JSON.stringify(unit)).toBeLessThan(MOST);
  }
}

describe('four times the text takes about four times as long', () => {
  it.each(RULE_TABLE.filter((rule) => !FROM_TABLES.test(rule.id)).map((rule) => [rule.id, rule] as const))(
    'keywords and halves of %s',
    (_id, rule) => {
      const random = seededRandom(4);
      const units = new Set<string>();
      for (const keyword of rule.keywords.slice(0, 12)) {
        const word = keyword.replace(/#/g, '7');
        units.add(word).add(`${word}=`).add(`"${word}": "`);
      }
      for (const template of rule.examples) {
        const { text } = expandExample(template, random);
        units.add(text.slice(0, Math.floor(text.length / 2))).add(`${text.slice(0, -2)} `);
      }
      expectLinear(units);
    },
  );

  it('rows of the key tables, all of them in one text, whole and broken off', () => {
    const rules = RULE_TABLE.filter((rule) => FROM_TABLES.test(rule.id));
    const random = seededRandom(5);
    const examples = rules.map((rule) => expandExample(rule.examples[0]!, random).text);
    expectLinear([
      rules.map((rule) => rule.keywords[0]!).join(' '),
      rules.map((rule) => rule.keywords[0]!).join('='),
      examples.map((text) => text.slice(0, Math.floor(text.length / 2))).join('\n'),
      examples.map((text) => text.slice(0, -2)).join(' '),
    ]);
    expectLinear(rules.filter((_rule, index) => index % 40 === 0).map((rule) => rule.keywords[0]!));
  });

  it('names in every notation', () => {
    expectLinear(
      NAME_STEMS.flatMap((stem) =>
        [stem, `${stem}=`, `${stem}: "`, `--${stem} `, `{"${stem}":`].map((unit) => unit.replace('#', '2')),
      ),
    );
  });

  it('marks of every kind', () => {
    const marks = [
      'a',
      '1',
      '-',
      '@',
      'a@',
      'a@b.',
      '{"',
      '{"a":',
      '[',
      '"',
      '\\',
      '\\"',
      '\\\\"',
      '\\u0040',
      '%',
      '%41',
      '%2541',
      '(',
      '+1',
      '1 ',
      '12 ',
      '1-',
      '://',
      '://a:b',
      'eyJ',
    ];
    const more = [
      '-----BEGIN PRIVATE KEY-----',
      '-----BEGIN',
      '[EMAIL:k3f9]',
      '[EMAIL:',
      'YWFh',
      'YWFh ',
      '6161',
      '{"a":[',
      '{"name":"password","value":',
      '{"a":"',
      '\n{"a":"\\',
      '"""',
      '</',
      '😀',
      'é',
    ];
    expectLinear([...marks, ...more]);
  });
});
