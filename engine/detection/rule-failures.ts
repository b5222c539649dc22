import type { Clock } from '../core/clock.ts';
import { isCoded } from '../core/errors.ts';
import type { Rule } from '../core/rule.ts';
import type { OrgPort, RuleState } from './org-port.ts';
import { PARK_AFTER, type RetryState, retryAfterFailure } from './retry-after-failure.ts';
import { tellOfRule } from './tell-of-rule.ts';

export interface RuleFailuresOptions {
  readonly clock: Clock;
  /** Milliseconds on a clock that only goes forward. */
  readonly elapsed: () => number;
  readonly onError: (message: string, error: unknown) => void;
  /** Does what is not worth failing for. */
  readonly attempt: (work: () => Promise<void>) => Promise<void>;
}

/** Which of an org's rules fail, when each may try again, and who hears of it. */
export function createRuleFailures(port: OrgPort, { clock, elapsed, onError, attempt }: RuleFailuresOptions) {
  const failing = new Map<string, RetryState & { version: number }>();

  return {
    /** Takes over what is stored: what was failing gets a try, what was parked stays so. */
    learn(states: readonly RuleState[]): void {
      for (const { ruleId, ruleVersion, state, failures } of states) {
        const notBefore = state === 'parked' ? retryAfterFailure({ failures, notBefore: 0 }, elapsed()).notBefore : 0;
        if (state !== 'running') failing.set(ruleId, { failures, notBefore, version: ruleVersion });
      }
    },
    mayRun(rule: Rule): boolean {
      const failed = failing.get(rule.id);
      return failed === undefined || failed.version !== rule.metadata.version || elapsed() >= failed.notBefore;
    },
    /** An evaluation failed: the rule waits, and after some in a row it is parked, which is told. */
    async failed(rule: Rule, error: unknown): Promise<void> {
      // Another engine has taken over, and goes on from the watermark that is stored. The end of the tick says so, once.
      // And with a full disk the rule waits, no longer than that.
      if (isCoded(error, 'CONFLICT', 'DISK_FULL')) return;
      onError(`org ${port.org}: rule ${rule.id} failed`, error);
      const known = failing.get(rule.id);
      const { version } = rule.metadata;
      const retry = retryAfterFailure(known?.version === version ? known : undefined, elapsed());
      // A store that is down is not the rule's fault: it waits, and is never parked for it.
      const blamed = isCoded(error, 'RULE_FAILED');
      const failures = blamed ? retry.failures : Math.min(retry.failures, PARK_AFTER - 1);
      failing.set(rule.id, { ...retry, failures, version });
      if (!blamed) return;
      const state = failures >= PARK_AFTER ? 'parked' : 'failing';
      await attempt(async () => {
        if (failures === 1 || failures === PARK_AFTER) {
          await port.recordRuleState({ ruleId: rule.id, ruleVersion: version, state, failures, error: error.message });
        }
        if (failures === PARK_AFTER) {
          const title = `Rule ${rule.id} failed ${failures} times in a row and is parked`;
          const values = { error: error.message, failures: String(failures) };
          await tellOfRule(port, clock, rule, { id: 'rule-parked', occasion: `v${version} ${clock()}`, title, values });
        }
      });
    },
    async recovered(rule: Rule): Promise<void> {
      if (!failing.delete(rule.id)) return;
      const { version } = rule.metadata;
      await port.recordRuleState({ ruleId: rule.id, ruleVersion: version, state: 'running', failures: 0, error: '' });
    },
    forget: (): void => failing.clear(),
  };
}
