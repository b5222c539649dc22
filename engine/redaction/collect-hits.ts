import { createBoundedCache } from './bounded-cache.ts';
import { collectJson } from './collect-json.ts';
import { credentialStart } from './detect/assigned-value.ts';
import { type Collection, type HitCollector, type KeyVerdict, mapBack } from './hit-collector.ts';
import { isPlausibleSecret } from './plausible-secret.ts';
import { CONFIDENCE_RANK } from './redaction-rule.ts';
import type { Hit, Scanner, Seen } from './scanner.ts';
import type { SensitiveName } from './sensitive-names.ts';
import { findEncodedRuns } from './views/encoded-runs.ts';
import { unescapeView, type View } from './views/escapes.ts';
import { opensJson } from './views/json-walk.ts';
import { percentView } from './views/percent.ts';

/** How deep readings nest: JSON in a JSON string in a JSON string, base64 of that, ... */
const MAX_LEVEL = 4;
/** Shorter text is not looked through for encoded runs. */
const MIN_ENCODED = 24;
/** Shorter texts are looked through again sooner than they are looked up. */
const MIN_REMEMBERED = 64;
const KEYS_REMEMBERED = 4096;

export function createHitCollector(scanner: Scanner): HitCollector {
  const lookThrough = (text: string, name: SensitiveName | undefined, collection: Collection): Hit[] => {
    const hits: Hit[] = [];
    if (name !== undefined) collector.namedValue(text, 0, text.length, name, '', hits);
    const walk = collection.level <= MAX_LEVEL && opensJson(text);
    if (walk && collectJson(collector, text, name, collection, hits)) return hits;
    collector.range(text, 0, text.length, collection, hits);
    if (collection.level === 0) collectJsonLines(collector, text, collection, hits);
    return hits;
  };
  const collector: HitCollector = {
    scanner,
    knownKeys: createBoundedCache<string, KeyVerdict>(KEYS_REMEMBERED),
    text(text, name, collection) {
      const memo = name === undefined && text.length >= MIN_REMEMBERED ? collection.memo : undefined;
      const known = memo?.get(text);
      if (known !== undefined) return known.map((hit) => ({ ...hit }));
      const hits = lookThrough(text, name, collection);
      memo?.set(
        text,
        hits.map((hit) => ({ ...hit })),
      );
      return hits;
    },
    range(text, from, to, collection, hits) {
      const seen: Seen = { backslash: false, percent: false };
      scanner.scan(text, from, to, collection.budget, hits, seen);
      if (collection.level >= MAX_LEVEL) return;
      const deeper = { ...collection, level: collection.level + 1 };
      if (seen.backslash) readAgain(collector, unescapeView(text.slice(from, to)), 'escapes', from, deeper, hits);
      if (seen.percent) readAgain(collector, percentView(text.slice(from, to)), 'percent', from, deeper, hits);
      if (to - from >= MIN_ENCODED) collectEncodedRuns(collector, text, from, to, deeper, hits);
    },
    namedValue(text, from, to, name, quote, hits) {
      const start = name.kind === 'AUTHORIZATION' ? credentialStart(text, from, to) : from;
      const value = text.slice(start, to);
      if (!isPlausibleSecret(value, name, 'structured')) return;
      const { kind } = name;
      const rank = CONFIDENCE_RANK.name;
      hits.push({
        start,
        end: to,
        kind,
        class: name.class,
        rank,
        rule: 'named-value',
        value,
        view: 'plain',
        path: '',
        quote,
      });
    },
  };
  return collector;
}

function readAgain(
  collector: HitCollector,
  view: View | undefined,
  label: string,
  offset: number,
  deeper: Collection,
  hits: Hit[],
): void {
  if (view === undefined) return;
  for (const hit of collector.text(view.text, undefined, deeper)) hits.push(mapBack(hit, view, offset, label));
}

/** The bits of an encoded run do not fall on characters: a hit takes the run as a whole. */
function collectEncodedRuns(
  collector: HitCollector,
  text: string,
  from: number,
  to: number,
  deeper: Collection,
  hits: Hit[],
): void {
  for (const { start, end, encoding, decoded } of findEncodedRuns(text, from, to)) {
    for (const hit of collector.text(decoded, undefined, deeper)) {
      hits.push({ ...hit, start, end, view: encoding, quote: '' });
    }
  }
}

/** Log lines, event streams, JSON quoted in prose: what stands under telling names in an object that begins within the text. */
function collectJsonLines(collector: HitCollector, text: string, collection: Collection, hits: Hit[]): void {
  for (let at = text.indexOf('{"'); at >= 0; ) {
    const lineEnd = text.indexOf('\n', at);
    const end = lineEnd < 0 ? text.length : lineEnd;
    collection.budget.spend(end - at);
    const found: Hit[] = [];
    collectJson(collector, text.slice(at, end), undefined, collection, found, true);
    for (const hit of found) hits.push({ ...hit, start: hit.start + at, end: hit.end + at });
    at = text.indexOf('{"', end);
  }
}
