import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { orgDatabase } from '../../../engine/core/org.ts';
import { RULE_KINDS } from '../../../engine/core/rule-form.ts';
import { lintRule } from '../../../engine/detection/lint-rule.ts';
import { loadRules } from '../../../engine/detection/load-rules.ts';
import { ruleTemplate } from '../../../engine/detection/rule-template.ts';
import { temporaryStore } from '../../temporary-store.ts';

const { store } = await temporaryStore();
const folder = mkdtempSync(join(tmpdir(), 'rules-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SQL = ruleTemplate({ id: 'a-rule', kind: 'scheduled', name: 'A rule', severity: 'low', entity: 'agent' })[
  '.sql'
]!;
const TESTS = '- {name: fires here, spans: [{}], expect: [{}]}\n- {name: quiet here, spans: [{}], expect: []}\n';
const CORRELATION = ruleTemplate({
  id: 'a-rule',
  kind: 'correlation',
  name: 'A rule',
  severity: 'low',
  entity: 'agent',
})['.yaml']!;

async function problemsOf(files: Record<string, string>, known?: ReadonlySet<string>): Promise<string[]> {
  const home = mkdtempSync(join(folder, 'case-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
  const { rules, errors } = await loadRules([home]);
  const describeQuery = (sql: string, params: Record<string, unknown>) =>
    store.query<{ name: string; type: string }>(`DESCRIBE (${sql}\n)`, params, { database: orgDatabase('default') });
  const found = await Promise.all(rules.map((rule) => lintRule(rule, describeQuery, known)));
  return [...errors, ...found.flat()].map((problem) => problem.replace(`${home}/`, ''));
}

/** Line of a text on which some words stand. */
const lineOf = (text: string, words: string) => text.slice(0, text.indexOf(words)).split('\n').length;
const changed = (from: string, to: string) => {
  const text = SQL.replace(from, to);
  expect(text).not.toBe(SQL);
  return text;
};

describe('the linter', () => {
  it.each([
    ['an unknown column', changed("ToolName = 'replace_me'", "ToolNam = 'x'"), "ToolNam = 'x'", /ToolNam/],
    ['the clock', changed("ToolName = 'replace_me'", 'Timestamp > now() - 60'), 'now()', /the engine owns the time/],
    [
      'an inclusive end',
      changed('IngestedAt < {to: DateTime64(6)}\n', 'IngestedAt <= {to: DateTime64(6)}\n'),
      '<= {to',
      /half-open/,
    ],
    ['an unknown key', changed('status: ', 'statis: x\nstatus: '), 'statis', /did you mean "status"\?/],
    ['a bad cron', changed('status: ', 'schedule: hourly\nstatus: '), 'schedule', /"hourly" is no cron expression/],
    [
      'a trigger of a column that is not there',
      changed('status: ', "trigger: ToolNam = 'x'\nstatus: "),
      '/*',
      /trigger: it must be a condition on the columns of one span.*ToolNam/,
    ],
    [
      'a trigger that counts',
      changed('status: ', 'trigger: count() > 3\nstatus: '),
      '/*',
      /trigger: it must be a condition on the columns of one span/,
    ],
    [
      'a severity against the score',
      changed('risk_score: 15', 'risk_score: 90'),
      'severity:',
      /means severity critical/,
    ],
    ['no mapping', changed('threat:', 'tags:\n  - x\nreferences: []\nthreats:'), '', /threat: is missing/],
    [
      'an unknown field',
      changed('status: ', 'required_fields: [ToolNames]\nstatus: '),
      '',
      /no column ToolNames; did you mean ToolName\?/,
    ],
    ['no finding columns', changed('AS title', 'AS headline'), '', /returns no column title/],
  ])('refuses %s with file, line and mend', async (_what, text, words, message) => {
    const problems = await problemsOf({ 'a-rule.sql': text, 'a-rule.test.yaml': TESTS });
    expect(problems.join('\n')).toMatch(message);
    const problem = problems.find((line) => message.test(line))!;
    expect(problem).toMatch(/^a-rule\.sql:\d+: /);
    if (words !== '') expect(problem).toContain(`a-rule.sql:${lineOf(text, words)}: `);
  });

  it('refuses a rule without tests, or with tests of one sort', async () => {
    expect(await problemsOf({ 'a-rule.sql': SQL })).toEqual([
      expect.stringMatching(/no tests: there is no a-rule\.test\.yaml/),
    ]);
    const onlyFiring = TESTS.split('\n')[0]!;
    expect(await problemsOf({ 'a-rule.sql': SQL, 'a-rule.test.yaml': onlyFiring })).toEqual([
      expect.stringMatching(/a-rule\.test\.yaml:1: a rule needs at least one test/),
    ]);
  });

  it('refuses a correlation of rules that do not exist', async () => {
    const files = { 'a-rule.yaml': CORRELATION, 'a-rule.test.yaml': TESTS };
    expect(await problemsOf(files, new Set(['leaked-secret']))).toEqual([
      expect.stringMatching(/there is no rule tainted-exfiltration/),
    ]);
  });

  it.each(RULE_KINDS)('finds nothing in the file that "rules new" writes for the kind %s', async (kind) => {
    const written = ruleTemplate({ id: 'a-rule', kind, name: 'A rule', severity: 'high', entity: 'agent' });
    const authoring = new URL('../../../engine/core/authoring.ts', import.meta.url).pathname;
    const files = Object.entries(written).map(([ending, text]) => [
      `a-rule${ending}`,
      text.replace('spanwarden/engine/core/authoring.ts', authoring),
    ]);
    const problems = await problemsOf(Object.fromEntries(files));
    // Its tests all expect something, so that none passes before it is filled in.
    expect(problems).toEqual([expect.stringMatching(/one that expects none/)]);
  });
});
