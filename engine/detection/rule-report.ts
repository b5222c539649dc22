import { kindOf, type Rule } from '../core/rule.ts';
import type { RuleTestResult } from './run-rule-tests.ts';

/** A rule in a list: what it is, without its query. */
export interface ListedRule {
  id: string;
  name: string;
  kind: string;
  severity: string;
  risk_score: number;
  status: string;
  enabled: boolean;
  version: number;
  schedule: string;
  file: string;
}

export function listedRule(rule: Rule): ListedRule {
  const { id, file, metadata } = rule;
  const kind = kindOf(rule);
  const { name, severity, risk_score, status, enabled, version, schedule } = metadata;
  return { id, name, kind, severity, risk_score, status, enabled, version, schedule, file };
}

/** Lines for the console: the failures whole, the rest counted. */
export function testReport(results: readonly RuleTestResult[], seconds: number): string[] {
  const failed = results.filter((result) => !result.passed);
  const rules = new Set(results.map((result) => result.rule)).size;
  return [
    ...failed.map((result) => `FAIL ${result.rule}: ${result.test}\n     ${result.problem}`),
    `${results.length - failed.length} passed, ${failed.length} failed (${rules} rules, ${seconds.toFixed(1)} s)`,
  ];
}
