export const FALLBACKS = ['', 'budget', 'session_budget', 'refused', 'unreadable'] as const;
/** Why no model made it though one is configured; '' when one did or none is. */
export type Fallback = (typeof FALLBACKS)[number];

/** How what is stored beside it came about. */
export interface StoredMaking {
  /** `extractive` without a model. */
  readonly provider: string;
  readonly model: string;
  readonly prompt_hash: string;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_usd: number;
  readonly latency_ms: number;
  readonly calls: number;
  readonly fallback: Fallback;
}
