import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Rule } from '../../../engine/core/rule.ts';
import { openRuleBook, problemsOfRule } from '../../../engine/detection/rule-book.ts';
import { until } from '../../running-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'rules-'));
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
const rule = (version: number, extra = '') => `/*
name: A rule
description: It looks for something that nobody wants to see.
severity: low
risk_score: 10
status: test
version: ${version}
entity: agent
threat: [{framework: OWASP LLM, version: "2025", technique: [LLM01]}]
runbook: Look at the evidence and ask the owner what happened there.
false_positives: [None known.]
${extra}
*/
SELECT ${version}`;

write('first.sql', rule(1));
const heard: { rules: readonly Rule[]; problems: readonly string[] }[] = [];
const book = await openRuleBook({
  folders: [folder],
  onChange: (rules, problems) => heard.push({ rules, problems }),
  onError: (error) => expect(error).toBeUndefined(),
});
afterAll(() => {
  book.stop();
  rmSync(folder, { recursive: true });
});
const versions = () => Object.fromEntries(book.rules().map(({ id, metadata }) => [id, metadata.version]));

describe('the rule book', () => {
  it('takes up a file that changes and one that comes, by itself', async () => {
    write('first.sql', rule(2));
    write('second.sql', rule(1));
    await until(async () => versions()['first'] === 2 && versions()['second'] === 1, 10_000, 'both files');
    expect(heard.at(-1)).toMatchObject({ problems: [] });
  });

  it('leaves the running version of a broken file in place and says so', async () => {
    write('first.sql', rule(3, 'sevrity: low'));
    write('second.sql', rule(2));
    await book.reload();
    expect(versions()).toEqual({ first: 2, second: 2 });
    expect(book.problems()).toEqual([
      expect.stringMatching(/first\.sql:12: .*did you mean "severity"\? .*keeps running/),
    ]);
    expect(problemsOfRule(book.problems(), { id: 'first' })).toHaveLength(1);
    expect(problemsOfRule(book.problems(), { id: 'second' })).toEqual([]);
    write('first.sql', rule(4));
    await book.reload();
    expect(versions()['first']).toBe(4);
    expect(book.problems()).toEqual([]);
  });

  it('lets go of a rule whose file is gone', async () => {
    rmSync(join(folder, 'second.sql'));
    await book.reload();
    expect(versions()).toEqual({ first: 4 });
  });
});
