/** One figure of a benchmark. `ratio` is value ÷ baseline, both taken in the same run on the same machine. */
export interface Measure {
  name: string;
  value: number;
  unit: string;
  baseline: number;
  ratio: number;
  detail: string;
}

/** A file in test/bench/measures exports this as its default; it runs in a process of its own. */
export type Bench = () => Promise<Measure[]>;

export function measure(name: string, value: number, unit: string, baseline: number, detail: string): Measure {
  return { name, value: round(value), unit, baseline: round(baseline), ratio: round(value / baseline), detail };
}

export function median(samples: readonly number[]): number {
  return percentile(samples, 0.5);
}

export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
