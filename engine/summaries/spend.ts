/** What calls cost. Money is whole nano-dollars, so that sums are exact. */
export interface Spend {
  readonly tokens: number;
  readonly nanoUsd: number;
}

/** Dollars for a million tokens; 0 when nobody said, and limits in dollars then do not bind. */
export interface Prices {
  readonly inputUsdPerMillion: number;
  readonly outputUsdPerMillion: number;
}

export const NANO = 1e9;

/** A price of one dollar a million is a thousand nano-dollars a token. */
export function spendOf(inputTokens: number, outputTokens: number, prices: Prices): Spend {
  const nanoUsd = 1_000 * (inputTokens * prices.inputUsdPerMillion + outputTokens * prices.outputUsdPerMillion);
  return { tokens: inputTokens + outputTokens, nanoUsd: Math.ceil(nanoUsd) };
}
