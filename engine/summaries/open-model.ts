import type { ModelProvider } from './providers/model-provider.ts';
import type { Prices } from './spend.ts';

/** A model that can be asked. */
export interface OpenModel {
  readonly provider: ModelProvider;
  readonly model: string;
  readonly prices: Prices;
  /** Changes when anything of it does: the breaker then begins anew. */
  readonly revision: string;
}
