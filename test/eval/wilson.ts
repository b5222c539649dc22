/** A share with its 95 % Wilson interval. All three are null when there is nothing to count. */
export interface Proportion {
  readonly hits: number;
  readonly of: number;
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

const Z = 1.959964;

/** Wilson's score interval (1927): holds near 0 and 1 and for small counts, where the normal one does not. */
export function wilson(hits: number, of: number): Proportion {
  if (of === 0) return { hits, of, share: null, low: null, high: null };
  const share = hits / of;
  const scale = 1 + Z ** 2 / of;
  const middle = (share + Z ** 2 / (2 * of)) / scale;
  const reach = (Z / scale) * Math.sqrt((share * (1 - share)) / of + Z ** 2 / (4 * of ** 2));
  return { hits, of, share, low: Math.max(0, middle - reach), high: Math.min(1, middle + reach) };
}
