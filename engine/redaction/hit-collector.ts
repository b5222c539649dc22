import type { LeafJoiner } from './join-leaves.ts';
import type { Focus, Hit, Scanner, Seen } from './scanner.ts';
import type { SensitiveName } from './sensitive-names.ts';
import type { View } from './views/escapes.ts';
import { NO_REPEATS } from './views/readings.ts';
import type { WorkBudget } from './work-budget.ts';

/** One text being looked through: how it was come by, and out of which budget. */
export interface Collection {
  readonly depth: Depth;
  readonly budget: WorkBudget;
  readonly memo: HitMemo;
}

/** Readings of readings: how many in all, and how many of each of READINGS. */
export interface Depth {
  readonly readings: number;
  readonly repeats: readonly number[];
}

export const NO_READINGS: Depth = { readings: 0, repeats: NO_REPEATS };

/** What was found in texts that stand under no telling name, and at which depth: deeper down less is tried. */
export type HitMemo = Map<string, { readonly hits: readonly Hit[]; readonly depth: Depth }>;

/** What is known of a text, unless it was looked through deeper down than now. */
export function remembered({ memo, depth }: Collection, text: string): readonly Hit[] | undefined {
  const known = memo.get(text);
  if (known === undefined) return undefined;
  const { readings, repeats } = known.depth;
  const thorough = readings <= depth.readings && repeats.every((times, reading) => times <= depth.repeats[reading]!);
  return thorough ? known.hits : undefined;
}

/**
 * Finds all hits in texts, in offsets of the text given, overlaps left in. JSON is walked leaf by leaf with the names the leaves
 * stand under, anything else is scanned as it is; both in every reading the text offers (escapes, percent encoding, base64, hex).
 */
export interface HitCollector {
  readonly scanner: Scanner;
  text(text: string, name: SensitiveName | undefined, collection: Collection): Hit[];
  range(text: string, from: number, to: number, collection: Collection, hits: Hit[]): Seen;
  /** The same for a text that was looked through before it was changed: only what begins within a focus, or in other readings. */
  again(text: string, focuses: readonly Focus[], collection: Collection, hits: Hit[]): void;
  /** For what stands in several leaves of a JSON text put together. */
  joinLeaves(text: string, collection: Collection): LeafJoiner;
  /** The value in [from, to), as a whole, if it can be what its name promises. */
  namedValue(text: string, from: number, to: number, name: SensitiveName, quote: string, hits: Hit[]): void;
  /** Keys known to hold nothing themselves, with what they say about their values. */
  readonly knownKeys: { get(key: string): KeyVerdict | undefined; set(key: string, verdict: KeyVerdict): void };
}

export interface KeyVerdict {
  readonly name: SensitiveName | undefined;
}

/** A hit in a reading as a hit in what was read. The innermost reading that was no plain text keeps its name. */
export function mapBack(hit: Hit, view: View, offset: number, label: string): Hit {
  return {
    ...hit,
    start: offset + view.sourceOffset(hit.start),
    end: offset + (view.sourceEnd?.(hit.end) ?? view.sourceOffset(hit.end)),
    quote: label === 'percent' ? encodeURIComponent(hit.quote) : JSON.stringify(hit.quote).slice(1, -1),
    view: hit.view === 'plain' ? label : hit.view,
  };
}
