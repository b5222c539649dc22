import type { Overview } from '../../answers.ts';

/** Starts of the buckets of the period, milliseconds since 1970. */
export function bucketsOf({ from, to, bucket_seconds }: Overview): number[] {
  const width = bucket_seconds * 1_000;
  const first = Math.floor(Date.parse(from) / width) * width;
  return Array.from(
    { length: Math.min(Math.ceil((Date.parse(to) - first) / width), 400) },
    (_, index) => first + index * width,
  );
}

/** A figure for each bucket, 0 where no row is. */
export function fill<Row extends { at: string }>(
  buckets: readonly number[],
  rows: readonly Row[],
  of: (row: Row) => number,
): number[] {
  const known = new Map(rows.map((row) => [Date.parse(row.at), of(row)]));
  return buckets.map((at) => known.get(at) ?? 0);
}

const dayWords = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const timeWords = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

/** A bucket's start in words: its day, or its time where buckets are shorter. */
export function bucketLabel(at: number, seconds: number): string {
  return (seconds >= 86_400 ? dayWords : timeWords).format(at);
}
