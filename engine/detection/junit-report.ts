import type { RuleTestResult } from './run-rule-tests.ts';

/** Results as JUnit XML, the form that CI systems read: a suite a rule. `broken` are problems of files that could not be tested. */
export function junitReport(results: readonly RuleTestResult[], broken: readonly string[]): string {
  const suites = [...Map.groupBy(results, (result) => result.rule)].map(([rule, cases]) =>
    suite(
      rule,
      cases.map(({ test, problem, seconds }) => ({ name: test, problem, seconds })),
    ),
  );
  const files = broken.map((problem) => ({ name: problem.split(': ')[0]!, problem, seconds: 0 }));
  if (files.length > 0) suites.push(suite('rule files', files));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('')}</testsuites>\n`;
}

function suite(name: string, cases: readonly { name: string; problem: string; seconds: number }[]): string {
  const failures = cases.filter(({ problem }) => problem !== '').length;
  const time = cases.reduce((sum, { seconds }) => sum + seconds, 0);
  const lines = cases.map((test) => {
    const open = `    <testcase classname="${xml(name)}" name="${xml(test.name)}" time="${test.seconds.toFixed(3)}"`;
    if (test.problem === '') return `${open}/>\n`;
    return `${open}>\n      <failure message="${xml(test.problem)}"/>\n    </testcase>\n`;
  });
  const counts = `tests="${cases.length}" failures="${failures}" time="${time.toFixed(3)}"`;
  return `  <testsuite name="${xml(name)}" ${counts}>\n${lines.join('')}  </testsuite>\n`;
}

function xml(text: string): string {
  const plain = text.replace(/\p{Cc}+/gu, ' ').toWellFormed();
  return plain.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
