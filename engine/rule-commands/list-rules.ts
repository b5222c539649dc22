import { listedRule } from '../detection/rule-report.ts';
import { failOn, print, rulesOfPaths } from './rules-of-paths.ts';

export async function listRules(paths: readonly string[], { json }: { json?: boolean }): Promise<void> {
  const loaded = await rulesOfPaths(paths);
  const listed = loaded.rules.map(listedRule);
  if (json) print(JSON.stringify(listed, null, 2));
  else
    for (const rule of listed)
      print(
        `${rule.id.padEnd(28)} ${rule.kind.padEnd(12)} ${rule.severity.padEnd(9)} ${rule.status.padEnd(13)} ${rule.name}`,
      );
  failOn(loaded.errors);
}
