import { Counter, Gauge, type Registry } from 'prom-client';
import type { CallRecord } from './call-ledger.ts';

/** Figures of calls to language models, of all orgs of this process. */
export interface ModelMetrics {
  called(org: string, call: CallRecord): void;
  /** Hears of an org whose budget is to be looked at when somebody asks for the figures. */
  watch(org: string, stopped: () => Promise<boolean>): void;
}

export function createModelMetrics(register: Registry): ModelMetrics {
  const orgs = new Map<string, () => Promise<boolean>>();
  const calls = new Counter({
    name: 'spanwarden_llm_calls_total',
    help: 'Requests to providers of language models',
    labelNames: ['provider', 'purpose', 'outcome'],
    registers: [register],
  });
  const tokens = new Counter({
    name: 'spanwarden_llm_tokens_total',
    help: 'Tokens of settled calls',
    labelNames: ['org', 'direction'],
    registers: [register],
  });
  const cost = new Counter({
    name: 'spanwarden_llm_cost_usd_total',
    help: 'Dollars of settled calls, by the configured prices',
    labelNames: ['org'],
    registers: [register],
  });
  new Gauge({
    name: 'spanwarden_llm_budget_stopped',
    help: '1 while the budget of an org stops calls',
    labelNames: ['org'],
    registers: [register],
    async collect() {
      this.reset();
      for (const [org, stopped] of orgs) this.set({ org }, Number(await stopped().catch(() => false)));
    },
  });
  return {
    called: (org, { provider, purpose, outcome, inputTokens, outputTokens, nanoUsd }) => {
      calls.inc({ provider, purpose, outcome });
      tokens.inc({ org, direction: 'input' }, inputTokens);
      tokens.inc({ org, direction: 'output' }, outputTokens);
      cost.inc({ org }, nanoUsd / 1e9);
    },
    watch: (org, stopped) => void orgs.set(org, stopped),
  };
}
