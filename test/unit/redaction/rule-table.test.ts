import { describe, expect, it } from 'vitest';
import { createNameJudge } from '../../../engine/redaction/judge-name.ts';
import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { RULE_TABLE } from '../../../engine/redaction/rule-table.ts';
import { NAME_STEMS, SENSITIVE_NAMES } from '../../../engine/redaction/sensitive-names.ts';
import { expandExample, seededRandom } from './expand-example.ts';

// with the kinds that are off unless asked for
const redactor = createRedactor({ key: new Uint8Array(32).fill(1), policy: { actions: { IP_ADDRESS: 'token' } } });
const FRAMES = ['', 'see ', 'x = ', '\n', '"', 'key: ', '('];
const ENDS = ['', ' and so on', ' ;', '\n', '"', ', then', ')'];

/** Rows of the key tables are many and alike: fewer rounds each. */
const ROUNDS = 20;
const ROUNDS_OF_TABLES = 3;
const FROM_TABLES = /^(?:vendor|prefixed)-/;

/** Rows are checked in one test for each property, not one for each row: more than a thousand of them. Names the first that fails. */
describe('the rows of the table', () => {
  it('take the whole of their examples, and nothing more the second time', () => {
    for (const rule of RULE_TABLE) {
      const random = seededRandom(rule.id.length * 7919 + rule.examples[0]!.length);
      const rounds = FROM_TABLES.test(rule.id) ? ROUNDS_OF_TABLES : ROUNDS;
      for (const template of rule.examples) {
        for (let round = 0; round < rounds; round++) {
          const example = expandExample(template, random);
          const { text, findings } = redactor.redactText(example.text);
          const cover = findings.find((finding) => finding.start <= example.start && finding.end >= example.end);
          const label = `${rule.id}: ${example.text}`;
          expect(cover, label).toMatchObject({ class: rule.class, start: example.start, end: example.end });
          if (!FROM_TABLES.test(rule.id)) expect(cover!.kind, label).toBe(rule.kind);
          expect(redactor.redactText(text).text, label).toBe(text);
        }
      }
    }
  });

  it('take their examples in the middle of other text', () => {
    const random = seededRandom(17);
    for (const rule of RULE_TABLE) {
      rule.examples.forEach((template, number) => {
        FRAMES.forEach((before, index) => {
          if (FROM_TABLES.test(rule.id) && (index + number) % FRAMES.length > 1) return;
          const example = expandExample(template, random);
          const text = before + example.text + ENDS[index];
          const secret = example.text.slice(example.start, example.end);
          expect(redactor.redactText(text).text, text).not.toContain(secret);
        });
      });
    }
  });

  it('leave their near misses', () => {
    for (const rule of RULE_TABLE) {
      for (const template of rule.nearMisses) {
        const { text } = expandExample(template, seededRandom(template.length));
        const rules = redactor.redactText(text).findings.map((finding) => finding.rule);
        expect(rules, `${rule.id}: ${text}`).not.toContain(rule.id);
      }
    }
  });

  it('have a keyword in each example', () => {
    const anyDigit = (text: string) => text.toLowerCase().replace(/\d/g, '#');
    const random = seededRandom(3);
    for (const rule of RULE_TABLE) {
      for (const template of rule.examples) {
        const text = anyDigit(expandExample(template, random).text);
        const stands = rule.keywords.some((keyword) => text.includes(anyDigit(keyword)));
        expect(stands, `${rule.id}: ${template}`).toBe(true);
      }
    }
  });
});

describe('the table', () => {
  it('has unique ids, kinds in upper snake case and examples and near misses for each row', () => {
    const ids = RULE_TABLE.map((rule) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const rule of RULE_TABLE) {
      expect(rule.kind).toMatch(/^[A-Z][A-Z0-9_]{1,39}$/);
      expect(rule.examples.length, rule.id).toBeGreaterThan(0);
      expect(rule.nearMisses.length, rule.id).toBeGreaterThan(0);
    }
  });
});

describe.each(SENSITIVE_NAMES.map((row) => [row.kind, row] as const))('names of %s', (_kind, row) => {
  const judge = createNameJudge();

  it.each(row.examples)('knows %s', (name) => {
    expect(judge(name)?.kind).toBe(row.kind);
    const folded = name.toLowerCase().replace(/\d/g, '#');
    expect(
      NAME_STEMS.some((stem) => folded.includes(stem)),
      'a stem stops at it',
    ).toBe(true);
  });

  it.each(row.nearMisses)('does not take %s', (name) => {
    expect(judge(name)?.kind).not.toBe(row.kind);
  });
});
