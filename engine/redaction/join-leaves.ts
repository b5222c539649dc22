import { CONFIDENCE_RANK } from './redaction-rule.ts';
import { type Hit, nothingSeen, type Scanner, type TokenEnd } from './scanner.ts';
import type { WorkBudget } from './work-budget.ts';

/** Collects the leaves of one JSON text in the order they stand in. */
export interface LeafJoiner {
  /** `key` is the key that the leaf stands under; '' in an array. */
  add(key: string, start: number, end: number): void;
  /** Appends what stands in leaves put together. Each part is replaced by itself, with the token of the whole. */
  collect(hits: Hit[]): void;
}

interface Group {
  joined: string;
  parts: { readonly joinedFrom: number; readonly start: number; readonly end: number }[];
}

/** Half of a long secret in one leaf, half in the next: more of a leaf is not put together with its neighbours. */
const REACH = 512;
/** Keys whose leaves are put together; those of further keys are not. */
const MOST_KEYS = 32;
const EDGE = /[A-Za-z0-9_\-+/=.:@]/;

/**
 * Secrets cut by streaming (`{"delta": "sk-ant-"}, {"delta": "api03-..."}`) or spread over the items of a list: leaves of the same
 * key that follow one another without a blank between them are scanned once more, together. Only secrets of a form of their own
 * are looked for: numbers and addresses put together from neighbours would mostly be none. Linear: each character is scanned once
 * more at most.
 */
export function createLeafJoiner(text: string, scanner: Scanner, tokenEnd: TokenEnd, budget: WorkBudget): LeafJoiner {
  const groups = new Map<string, Group>();
  const found: Hit[] = [];

  const scanGroup = (group: Group): void => {
    if (group.parts.length < 2) return;
    const hits: Hit[] = [];
    scanner.scan(group.joined, 0, group.joined.length, budget, hits, nothingSeen(), tokenEnd);
    for (const hit of hits) if (hit.class === 'secret' && hit.rank >= CONFIDENCE_RANK.format) spread(hit, group);
  };
  const spread = (hit: Hit, { parts }: Group): void => {
    let low = 0;
    let high = parts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (parts[middle]!.joinedFrom <= hit.start) low = middle + 1;
      else high = middle;
    }
    const first = low - 1;
    let last = first;
    while (last + 1 < parts.length && parts[last + 1]!.joinedFrom < hit.end) last++;
    if (last === first) return;
    for (const { joinedFrom, start, end } of parts.slice(first, last + 1)) {
      const from = start + Math.max(0, hit.start - joinedFrom);
      const to = Math.min(end, start + hit.end - joinedFrom);
      found.push({ ...hit, start: from, end: to, view: 'joined' });
    }
  };
  const open = (key: string, start: number, end: number): void => {
    const from = Math.max(start, end - REACH);
    groups.set(key, { joined: text.slice(from, end), parts: [{ joinedFrom: 0, start: from, end }] });
  };

  return {
    add(key, start, end) {
      if (end === start) return;
      const group = groups.get(key);
      if (group === undefined) {
        if (groups.size < MOST_KEYS) open(key, start, end);
        return;
      }
      const tight = EDGE.test(text[start]!) && EDGE.test(group.joined[group.joined.length - 1]!);
      const to = tight ? Math.min(end, start + REACH) : start;
      if (tight) {
        group.parts.push({ joinedFrom: group.joined.length, start, end: to });
        group.joined += text.slice(start, to);
      }
      if (to === end) return;
      scanGroup(group);
      open(key, start, end);
    },
    collect(hits) {
      for (const group of groups.values()) scanGroup(group);
      for (const hit of found) hits.push(hit);
    },
  };
}
