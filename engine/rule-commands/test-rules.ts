import { watch } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { migrateOrg } from '../clickhouse/migrate.ts';
import { withScratchStore } from '../clickhouse/scratch-store.ts';
import type { Store } from '../clickhouse/store.ts';
import { isCoded } from '../core/errors.ts';
import { DEFAULT_ORG, orgDatabase } from '../core/org.ts';
import type { Rule } from '../core/rule.ts';
import { junitReport } from '../detection/junit-report.ts';
import { testReport } from '../detection/rule-report.ts';
import { problemsOf } from '../detection/rule-source.ts';
import { readRuleTests } from '../detection/rule-test-file.ts';
import { type RuleTestBench, type RuleTestResult, runRuleTests } from '../detection/run-rule-tests.ts';
import { failOn, print, rulesOfPaths } from './rules-of-paths.ts';

interface TestOptions {
  readonly json?: boolean;
  readonly junit?: string;
  readonly watch?: boolean;
}

type OpenBench = (store: Store, org: string) => Promise<RuleTestBench>;

/** Orgs on the one store in which tests run side by side: enough to keep two cores busy. */
const SIDE_BY_SIDE = 3;
/** Editors write a file in several steps. */
const SETTLE_MS = 150;

/** Runs the tests of the rules under the paths on one embedded engine. */
export async function testRules(paths: readonly string[], open: OpenBench, options: TestOptions): Promise<void> {
  const started = performance.now();
  await withScratchStore(async (store) => {
    const loaded = await rulesOfPaths(paths);
    const benches = await openBenches(store, open, Math.min(SIDE_BY_SIDE, loaded.rules.length));
    const { results, problems } = await runAll(loaded.rules, benches);
    const broken = [...loaded.errors, ...problems];
    if (options.junit !== undefined) await writeFile(options.junit, junitReport(results, broken));
    if (options.json) print(JSON.stringify(results, null, 2));
    else for (const line of testReport(results, (performance.now() - started) / 1_000)) print(line);
    failOn(broken);
    if (results.some((result) => !result.passed)) process.exitCode = 1;
    if (options.watch) await watchRules(paths, benches);
  });
}

async function openBenches(store: Store, open: OpenBench, count: number): Promise<RuleTestBench[]> {
  const orgs = [
    DEFAULT_ORG,
    ...Array.from({ length: Math.max(0, count - 1) }, (_org, index) => `rule_tests_${index + 2}`),
  ];
  for (const org of orgs.slice(1)) await migrateOrg(store, orgDatabase(org));
  return Promise.all(orgs.map((org) => open(store, org)));
}

const HOUR_MS = 3_600_000;

/** Every rule's tests, in the order of the rules; problems are of test files that can't be read. */
async function runAll(
  rules: readonly Rule[],
  benches: readonly RuleTestBench[],
): Promise<{ results: RuleTestResult[]; problems: string[] }> {
  const outcomes = new Map<Rule, RuleTestResult[]>();
  const problems: string[] = [];
  const queue = [...rules];
  // At a full hour, so that what tests put into one hour is in one whenever they are run.
  const startMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 24 * HOUR_MS;
  await Promise.all(
    benches.map(async (bench) => {
      for (let rule = queue.shift(); rule !== undefined; rule = queue.shift()) {
        try {
          outcomes.set(rule, await runRuleTests(rule, await readRuleTests(rule), bench, startMs));
        } catch (error) {
          if (!isCoded(error, 'RULE_INVALID')) throw error;
          problems.push(...problemsOf(error));
        }
      }
    }),
  );
  return { results: rules.flatMap((rule) => outcomes.get(rule) ?? []), problems };
}

/** Tests again whatever changes, until the process is told to end. */
async function watchRules(paths: readonly string[], benches: readonly RuleTestBench[]): Promise<void> {
  print('watching; Ctrl-C ends');
  const ended = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ended.abort());
  const changed = new Set<string>();
  let wake = () => {};
  const folders = new Set(paths.map((path) => (/\.(sql|yaml|ts)$/.test(path) ? dirname(path) : path)));
  for (const folder of folders) {
    watch(folder, { recursive: true, signal: ended.signal }, (_event, name) => {
      if (name !== null)
        changed.add(
          name
            .replace(/(\.test)?\.(sql|yaml|ts)$/, '')
            .split('/')
            .at(-1)!,
        );
      wake();
    }).on('error', () => undefined);
  }
  ended.signal.addEventListener('abort', () => wake());
  while (!ended.signal.aborted) {
    if (changed.size === 0) await new Promise<void>((resolve) => (wake = resolve));
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const ids = new Set(changed);
    changed.clear();
    if (ended.signal.aborted || ids.size === 0) continue;
    const loaded = await rulesOfPaths(paths);
    const started = performance.now();
    const { results, problems } = await runAll(
      loaded.rules.filter(({ id }) => ids.has(id)),
      benches,
    );
    for (const problem of [...loaded.errors, ...problems]) print(problem);
    for (const line of testReport(results, (performance.now() - started) / 1_000)) print(line);
  }
  process.exitCode = 0;
}
