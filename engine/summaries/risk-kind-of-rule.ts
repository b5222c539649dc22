import type { RiskKind } from '../core/session-summary.ts';

/** Words in the ids of rules, the first that fits. */
const WORDS: readonly (readonly [RegExp, RiskKind])[] = [
  [/exfil|sent-out|egress|upload/, 'exfiltration'],
  [/secret|credential|token|key|password/, 'secret_exposure'],
  [/taint|inject|hijack|jailbreak|instruct/, 'prompt_injection'],
  [/memory/, 'memory_poisoning'],
  [/step-count|loop|blowup|runaway|burst|cost/, 'runaway'],
  [/drift|changed|new-tool|version/, 'behaviour_changed'],
  [/delet|destr|drop|wipe/, 'destructive_action'],
  [/permission|bypass|privilege|approval|sandbox/, 'permission_bypass'],
  [/access|account|role|mfa/, 'access_changed'],
  [/pay|money|transfer|refund/, 'money_moved'],
  [/den(y|ied)|block/, 'denied'],
];

/** The risk that a rule's findings stand for. */
export function riskKindOfRule(ruleId: string): RiskKind {
  return WORDS.find(([pattern]) => pattern.test(ruleId))?.[1] ?? 'other';
}
