import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRules } from '../../../engine/detection/load-rules.ts';

const GOOD = `name: A rule
description: It looks for something that nobody wants to see.
severity: low
risk_score: 10
status: test
version: 1
entity: agent
threat: [{framework: OWASP LLM, version: "2025", technique: [LLM01]}]
runbook: Look at the evidence and ask the owner what happened there.
false_positives: [None known.]`;

function folderWith(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

const sqlRule = (metadata: string, query = 'SELECT 1') => `/*\n${metadata}\n*/\n${query}\n`;

describe('rule loading', () => {
  it('finds the built-in rules without an error', async () => {
    const { rules, errors } = await loadRules([new URL('../../../rules', import.meta.url).pathname]);
    expect(errors).toEqual([]);
    expect(rules.map((rule) => rule.id)).toEqual(
      expect.arrayContaining(['prompt-hash-drift', 'leaked-secret', 'external-to-memory-write', 'step-count-blowup']),
    );
  });

  it('takes the id from the file and the query from below the comment', async () => {
    const { rules } = await loadRules([folderWith({ 'my-rule.sql': sqlRule(GOOD, 'SELECT 2;') })]);
    expect(rules).toMatchObject([{ id: 'my-rule', kind: 'sql', query: 'SELECT 2', metadata: { severity: 'low' } }]);
  });

  it.each([
    ['unknown key', sqlRule(`${GOOD}\nsevrity: low`), /Unrecognized key: "sevrity"/],
    [
      'severity against score',
      sqlRule(GOOD.replace('risk_score: 10', 'risk_score: 90')),
      /risk_score 90 means severity critical, not low/,
    ],
    ['missing runbook', sqlRule(GOOD.replace(/runbook.*\n/, '')), /runbook/],
    ['missing mapping', sqlRule(GOOD.replace(/threat.*\n/, '')), /threat/],
    ['made-up technique', sqlRule(GOOD.replace('LLM01', 'LLM99')), /"LLM99" is no id of OWASP LLM/],
    ['bad cron', sqlRule(`${GOOD}\nschedule: every minute`), /"every minute" is no cron expression/],
    ['broken YAML', sqlRule(`${GOOD}\n  bad: [`), /not valid YAML/],
    ['no comment', 'SELECT 1', /must begin with its metadata/],
    ['no query', sqlRule(GOOD, ''), /the query is missing/],
  ])('refuses a rule with %s, naming the file, and loads the others', async (_name, text, message) => {
    const { rules, errors } = await loadRules([folderWith({ 'bad-rule.sql': text, 'good-rule.sql': sqlRule(GOOD) })]);
    expect(rules.map((rule) => rule.id)).toEqual(['good-rule']);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/bad-rule\.sql:\d+: /);
    expect(errors[0]).toMatch(message);
  });

  it('refuses a second rule with an id that is taken', async () => {
    const { rules, errors } = await loadRules([
      folderWith({ 'same.sql': sqlRule(GOOD) }),
      folderWith({ 'same.sql': sqlRule(GOOD) }),
    ]);
    expect(rules).toHaveLength(1);
    expect(errors[0]).toMatch(/the id same is taken by/);
  });
});
