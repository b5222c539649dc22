import type { Fallback, StoredMaking } from '../core/making.ts';

/** How a summary or a first look came about. */
export interface Making {
  /** `extractive` without a model. */
  readonly provider: string;
  /** The model that was asked. */
  readonly model: string;
  readonly promptHash: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly latencyMs: number;
  readonly calls: number;
  readonly fallback: Fallback;
}

/** Made without a model. `promptHash` names the way, and is changed when the way is. */
export function withoutModel(promptHash: string, fallback: Fallback): Making {
  const nothing = { inputTokens: 0, outputTokens: 0, costUsd: 0, latencyMs: 0, calls: 0 };
  return { provider: 'extractive', model: '', promptHash, ...nothing, fallback };
}

export function storedMaking(made: Making): StoredMaking {
  return {
    provider: made.provider,
    model: made.model,
    prompt_hash: made.promptHash,
    input_tokens: made.inputTokens,
    output_tokens: made.outputTokens,
    cost_usd: made.costUsd,
    latency_ms: made.latencyMs,
    calls: made.calls,
    fallback: made.fallback,
  };
}
