import { createDeliveryMetrics } from '../../engine/alerts/delivery-metrics.ts';
import { listOrgs } from '../../engine/clickhouse/tables/orgs.ts';
import type { AlertEvent } from '../../engine/core/alert.ts';
import { createEngine } from '../../engine/engine.ts';
import { personalDataModel } from '../../engine/personal-data-model.ts';
import { createModelMetrics } from '../../engine/summaries/model-metrics.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { Foundation } from './open-foundation.ts';

export interface EngineRoleOptions {
  /** Whether this process has the role; one of another role keeps alerts at hand for those who look at them. */
  readonly runs: boolean;
  readonly lowWater: () => Promise<number>;
  readonly onAlertEvent: (org: string, event: AlertEvent) => void;
}

/** Rules, alerts, deliveries and summaries of all orgs, after the rule files as they are at any time. `parts` stops it. */
export function openEngineRole(
  { config, clock, log, metrics, ruleBook, store, keyFor, redaction, models, orgRules }: Foundation,
  { runs, lowWater, onAlertEvent }: EngineRoleOptions,
  parts: AsyncDisposableStack,
) {
  const engine = createEngine({
    store,
    clock,
    standby: !runs,
    rules: ruleBook.rules(),
    rulesOf: async (org) => (await orgRules.of(org)).rules,
    orgs: async () =>
      (await listOrgs(store)).map(({ slug, created_at }) => ({ slug, createdAt: Date.parse(created_at) })),
    lowWater,
    keyFor,
    allowPrivateDestinations: config.allow_private_destinations,
    publicUrl: config.public_url ?? '',
    deliveryMetrics: createDeliveryMetrics(metrics),
    version: packageJson.version,
    summaries: {
      models,
      redaction,
      limits: {
        subject: { tokens: config.llm_session_tokens, usd: config.llm_session_usd },
        day: { tokens: config.llm_day_tokens, usd: config.llm_day_usd },
        month: { tokens: config.llm_month_tokens, usd: config.llm_month_usd },
      },
      gate: { concurrency: config.llm_concurrency, callsPerMinute: config.llm_calls_per_minute },
      timeoutMs: config.llm_timeout_seconds * 1_000,
      idleMs: config.session_idle_seconds * 1_000,
      transcriptTokens: config.llm_transcript_tokens,
      personalDataModel: personalDataModel(config),
      metrics: createModelMetrics(metrics),
    },
    log,
    onAlertEvent,
  });
  ruleBook.onRules(engine.useRules);
  parts.defer(engine.stop);
  return engine;
}
