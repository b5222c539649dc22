import { coverageOf } from '../detection/coverage.ts';
import { failOn, print, rulesOfPaths } from './rules-of-paths.ts';

/** Prints the matrix of rules against frameworks; what nothing covers is marked as a gap. */
export async function showCoverage(paths: readonly string[], { json }: { json?: boolean }): Promise<void> {
  const loaded = await rulesOfPaths(paths);
  const coverage = coverageOf(loaded.rules);
  if (json) print(JSON.stringify(coverage, null, 2));
  else
    for (const { framework, version, covered, total, entries } of coverage) {
      print(`${framework} ${version}: ${covered} of ${total}`);
      for (const { id, name, rules } of entries)
        print(`  ${id.padEnd(14)} ${name.padEnd(64)} ${rules.length === 0 ? 'GAP' : rules.join(', ')}`);
    }
  failOn(loaded.errors);
}
