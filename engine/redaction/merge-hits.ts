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

const NONE: readonly Hit[] = [];

function inOrder(hits: readonly Hit[]): boolean {
  for (let index = 1; index < hits.length; index++) {
    const before = hits[index - 1]!;
    const { start, end } = hits[index]!;
    if (before.start > start || (before.start === start && before.end < end)) return false;
  }
  return true;
}

/** Overlapping hits become one range, so that nothing of either is left. In order of the text. */
export function mergeHits(hits: readonly Hit[]): Replacement[] {
  const sorted = inOrder(hits) ? hits : hits.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const merged: Replacement[] = [];
  for (let first = 0; first < sorted.length; ) {
    let end = sorted[first]!.end;
    let next = first + 1;
    while (next < sorted.length && sorted[next]!.start < end) {
      end = Math.max(end, sorted[next]!.end);
      next++;
    }
    const only = sorted[first]!;
    if (next === first + 1) merged.push({ start: only.start, end, named: only, others: NONE, settled: only.settled });
    else merged.push(combine(sorted.slice(first, next), only.start, end));
    first = next;
  }
  return merged;
}

function combine(group: readonly Hit[], start: number, end: number): Replacement {
  // of an encoded run all hits take the whole: there the longest value tells which was the longest
  const ranked = group.toSorted(
    (a, b) =>
      b.rank - a.rank || b.end - b.start - (a.end - a.start) || b.value.length - a.value.length || a.start - b.start,
  );
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
