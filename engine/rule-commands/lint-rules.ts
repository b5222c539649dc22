import { withScratchStore } from '../clickhouse/scratch-store.ts';
import { DEFAULT_ORG, orgDatabase } from '../core/org.ts';
import { lintRule } from '../detection/lint-rule.ts';
import { loadRules } from '../detection/load-rules.ts';
import { failOn, print, rulesOfPaths } from './rules-of-paths.ts';

/** Checks rules on the engine itself. Rules may build on each other and on the built-in ones. */
export async function lintRules(
  paths: readonly string[],
  builtIn: string,
  { json }: { json?: boolean },
): Promise<void> {
  const loaded = await rulesOfPaths(paths);
  const known = new Set([...loaded.rules, ...(await loadRules([builtIn])).rules].map((rule) => rule.id));
  const problems = [...loaded.errors];
  await withScratchStore(async (store) => {
    const describe = (sql: string, params: Record<string, unknown>) =>
      store.query<{ name: string; type: string }>(`DESCRIBE (${sql}\n)`, params, {
        database: orgDatabase(DEFAULT_ORG),
      });
    for (const rule of loaded.rules) problems.push(...(await lintRule(rule, describe, known)));
  });
  if (json) print(JSON.stringify({ rules: loaded.rules.length, problems }, null, 2));
  else print(`${loaded.rules.length} rules, ${problems.length} problems`);
  failOn(problems);
}
