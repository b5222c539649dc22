import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { orgDatabase } from '../../../engine/core/org.ts';
import { kindOf } from '../../../engine/core/rule.ts';
import { lintRule } from '../../../engine/detection/lint-rule.ts';
import { loadRules } from '../../../engine/detection/load-rules.ts';
import { readRuleTests } from '../../../engine/detection/rule-test-file.ts';
import { runRuleTests } from '../../../engine/detection/run-rule-tests.ts';
import { ruleTestBench } from '../../../ingest/rule-test-bench.ts';
import { temporaryStore } from '../../temporary-store.ts';

const FOLDER = new URL('../../fixtures/rules', import.meta.url).pathname;
const { store } = await temporaryStore();
const bench = ruleTestBench(store);
const { rules, errors } = await loadRules([FOLDER]);
/** Long past: the tests of rules must not care what time it is. */
const START = Date.UTC(2026, 9, 1);

describe('every kind of rule', () => {
  it('is among the rules tested here', () => {
    expect(errors).toEqual([]);
    expect(new Set(rules.map(kindOf))).toEqual(
      new Set(['threshold', 'new_terms', 'sequence', 'correlation', 'summary', 'detector']),
    );
  });

  for (const rule of rules) {
    it(`${rule.id}: passes the linter`, async () => {
      const describeQuery = (sql: string, params: Record<string, unknown>) =>
        store.query<{ name: string; type: string }>(`DESCRIBE (${sql}\n)`, params, {
          database: orgDatabase('default'),
        });
      expect(await lintRule(rule, describeQuery)).toEqual([]);
    });

    it(`${rule.id}: finds what it should when spans are late, repeated, out of order and on edges`, async () => {
      const tests = await readRuleTests(rule);
      const results = await runRuleTests(rule, tests, bench, START);
      expect(results.filter(({ passed }) => !passed)).toEqual([]);
      const text = JSON.stringify(tests);
      for (const arrival of [/"arrives":2/, /"sent_again":true/, /"edge":"last"/]) expect(text).toMatch(arrival);
    });
  }

  it('fails a test whose expectation is wrong, saying what came', async () => {
    const rule = rules.find(({ id }) => id === 'many-denials')!;
    const [test] = await readRuleTests(rule);
    const [result] = await runRuleTests(rule, [{ ...test!, expect: [] }], bench, START);
    expect(result).toMatchObject({ passed: false, problem: expect.stringMatching(/expected nothing more, found "/) });
  });

  it('is written in SQL, YAML and TypeScript', async () => {
    const endings = new Set(rules.map(({ file }) => file.split('.').at(-1)));
    expect(endings).toEqual(new Set(['sql', 'yaml', 'ts']));
    expect(await readFile(`${FOLDER}/many-denials.sql`, 'utf8')).toMatch(/kind: threshold/);
  });
});
