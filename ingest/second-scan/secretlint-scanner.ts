import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { rules as presetRules } from '@secretlint/secretlint-rule-preset-recommend';
import type { SecondScanner } from './second-scanner.ts';

/** Text that says `secretlint-disable` would switch the others off. */
const SWITCHES_OFF = /filter-comments/;

/** secretlint in process: each rule by itself, never the preset; values masked; its profiler off, which keeps every mark. */
export function createSecretlintScanner(): SecondScanner {
  // its marks are kept for ever, and cost half of its speed
  secretLintProfiler.mark = () => {};
  const rules = presetRules
    .filter((rule) => !SWITCHES_OFF.test(rule.meta.id))
    .map((rule) => ({ id: rule.meta.id, rule, options: {} }));
  const config = { rules } as unknown as Parameters<typeof lintSource>[0]['options']['config'];
  return {
    name: 'secretlint',
    scan: (texts) =>
      Promise.all(
        texts.map(async (content) => {
          const { messages } = await lintSource({
            source: { filePath: 'text.txt', content, ext: '.txt', contentType: 'text' },
            options: { config, maskSecrets: true, noPhysicFilePath: true },
          });
          return messages.map(({ range, ruleId }) => ({
            start: range[0],
            end: range[1],
            rule: ruleId.replace('@secretlint/secretlint-rule-', ''),
          }));
        }),
      ),
  };
}
