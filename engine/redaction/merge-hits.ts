import type { Hit } from './scanner.ts';

/** A range that one token replaces. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  /** Names the token and gives it its identity: the hit of the highest confidence, the longest of those. */
  readonly named: Hit;
  /** Hits of the same confidence elsewhere in the range; they are found too, though their token is the range's. */
  readonly others: readonly Hit[];
  /** All hits that were merged are settled. */
  readonly settled: boolean;
}

/** Overlapping hits become one range, so that nothing of either is left. In order of the text. */
export function mergeHits(hits: readonly Hit[]): Replacement[] {
  const sorted = hits.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const merged: Replacement[] = [];
  for (let first = 0; first < sorted.length; ) {
    let end = sorted[first]!.end;
    let next = first + 1;
    while (next < sorted.length && sorted[next]!.start < end) {
      end = Math.max(end, sorted[next]!.end);
      next++;
    }
    merged.push(combine(sorted.slice(first, next), sorted[first]!.start, end));
    first = next;
  }
  return merged;
}

function combine(group: readonly Hit[], start: number, end: number): Replacement {
  if (group.length === 1) return { start, end, named: group[0]!, others: [], settled: group[0]!.settled };
  const ranked = group.toSorted((a, b) => b.rank - a.rank || b.end - b.start - (a.end - a.start) || a.start - b.start);
  const named = ranked[0]!;
  const others: Hit[] = [];
  for (const hit of ranked.slice(1)) {
    if (hit.rank !== named.rank) break;
    const known = [named, ...others].some(
      (other) => other.value === hit.value || (hit.start < other.end && other.start < hit.end),
    );
    if (!known) others.push(hit);
  }
  return { start, end, named, others, settled: group.every((hit) => hit.settled) };
}
