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

describe.each(RULE_TABLE.map((rule) => [rule.id, rule] as const))('%s', (_id, rule) => {
  it.each(rule.examples)('takes the whole of %s', (template) => {
    const random = seededRandom(rule.id.length * 7919 + template.length);
    for (let round = 0; round < 20; round++) {
      const example = expandExample(template, random);
      const { text, findings } = redactor.redactText(example.text);
      const cover = findings.find((finding) => finding.start <= example.start && finding.end >= example.end);
      expect(cover, example.text).toMatchObject({
        kind: rule.kind,
        class: rule.class,
        start: example.start,
        end: example.end,
      });
      expect(redactor.redactText(text).text).toBe(text);
    }
  });

  it('takes its examples in the middle of other text', () => {
    const random = seededRandom(17);
    for (const template of rule.examples) {
      FRAMES.forEach((before, index) => {
        const example = expandExample(template, random);
        const text = before + example.text + ENDS[index];
        const secret = example.text.slice(example.start, example.end);
        expect(redactor.redactText(text).text, text).not.toContain(secret);
      });
    }
  });

  it.each(rule.nearMisses)('leaves %s', (template) => {
    const random = seededRandom(template.length);
    const { text } = expandExample(template, random);
    const kinds = redactor.redactText(text).findings.map((finding) => finding.rule);
    expect(kinds).not.toContain(rule.id);
  });

  it('has a keyword in each example', () => {
    const anyDigit = (text: string) => text.toLowerCase().replace(/\d/g, '#');
    const random = seededRandom(3);
    for (const template of rule.examples) {
      const text = anyDigit(expandExample(template, random).text);
      expect(
        rule.keywords.some((keyword) => text.includes(anyDigit(keyword))),
        template,
      ).toBe(true);
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
