import type { Hit, Scanner } from './scanner.ts';
import type { SensitiveName } from './sensitive-names.ts';
import type { View } from './views/escapes.ts';
import type { WorkBudget } from './work-budget.ts';

/** One text being looked through: how deep in readings of readings, and out of which budget. */
export interface Collection {
  readonly level: number;
  readonly budget: WorkBudget;
  /** Undefined: nothing is remembered. */
  readonly memo: HitMemo | undefined;
}

/** What was found in texts that stand under no telling name. */
export type HitMemo = Map<string, readonly Hit[]>;

/**
 * Finds all hits in texts, in offsets of the text given, overlaps left in. JSON is walked leaf by leaf with the names the leaves
 * stand under, anything else is scanned as it is; both in every reading the text offers (escapes, percent encoding, base64, hex).
 */
export interface HitCollector {
  readonly scanner: Scanner;
  text(text: string, name: SensitiveName | undefined, collection: Collection): Hit[];
  range(text: string, from: number, to: number, collection: Collection, hits: Hit[]): void;
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
    end: offset + view.sourceOffset(hit.end),
    quote: label === 'percent' ? encodeURIComponent(hit.quote) : JSON.stringify(hit.quote).slice(1, -1),
    view: hit.view === 'plain' ? label : hit.view,
  };
}
