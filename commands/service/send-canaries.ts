import { CANARY_RULE, keepCanaries } from '../../engine/canary.ts';
import type { Rule } from '../../engine/core/rule.ts';
import type { createEngine } from '../../engine/engine.ts';
import { sendCanary } from '../../ingest/send-canary.ts';
import type { Foundation } from './open-foundation.ts';

export interface CanaryWay {
  /** Base URL of this process's own receiver. */
  readonly otlp: string;
  readonly headerOf: (org: string) => string;
  readonly engine: ReturnType<typeof createEngine>;
}

/**
 * Sends canaries in by the front and waits for the rules to find them, in a process that has both. Answers how to stop; undefined where
 * the settings or the rule files want none.
 */
export function sendCanaries(
  { config, clock, log, ruleBook, store, keyFor, orgRules }: Foundation,
  { otlp, headerOf, engine }: CanaryWay,
): (() => Promise<void>) | undefined {
  if (config.canary_minutes === 0 || !hasCanaryRule(ruleBook.rules())) return undefined;
  return keepCanaries({
    store,
    clock,
    log,
    everyMs: config.canary_minutes * 60_000,
    orgs: async () => {
      const rulesOf = await Promise.all(engine.orgsHeld().map(async (org) => ({ org, of: await orgRules.of(org) })));
      // An org that switched the rule off waits for no canary.
      return rulesOf.filter(({ of }) => hasCanaryRule(of.rules)).map(({ org }) => org);
    },
    keyOf: (org) => keyFor(org, 'canary'),
    send: (org, sessionId) => sendCanary(otlp, headerOf(org), sessionId, clock()),
    alert: async (org, rule, findings) => (await engine.alerting(org)).applyFindings(rule, findings),
  }).stop;
}

function hasCanaryRule(rules: readonly Rule[]): boolean {
  return rules.some(({ id, metadata }) => id === CANARY_RULE && metadata.enabled);
}
