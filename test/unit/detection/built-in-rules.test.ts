import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../../engine/detection/load-rules.ts';
import { readRuleTests } from '../../../engine/detection/rule-test-file.ts';
import { ROOT } from '../../markdown.ts';

const { rules, errors } = await loadRules([join(ROOT, 'rules')]);

it('all load, and there are at least 36', () => {
  expect(errors).toEqual([]);
  expect(rules.length).toBeGreaterThanOrEqual(36);
});

describe.each(rules.map((rule) => ({ id: rule.id, rule })))('$id', ({ rule }) => {
  it('is mapped to the three frameworks', () => {
    expect(rule.metadata.threat.map(({ framework }) => framework).sort()).toEqual([
      'MITRE ATLAS',
      'OWASP Agentic',
      'OWASP LLM',
    ]);
  });

  it('says in steps what to do, when it is harmless and what it needs', () => {
    expect(rule.metadata.runbook.match(/^\d\. /gm)!.length).toBeGreaterThanOrEqual(3);
    expect(rule.metadata.false_positives.length).toBeGreaterThanOrEqual(1);
    expect(rule.metadata.required_fields.length).toBeGreaterThanOrEqual(1);
  });

  it('has at least two tests that fire and two that do not', async () => {
    const tests = await readRuleTests(rule);
    expect(tests.filter(({ expect: found }) => found.length > 0).length).toBeGreaterThanOrEqual(2);
    expect(tests.filter(({ expect: found }) => found.length === 0).length).toBeGreaterThanOrEqual(2);
  });
});
