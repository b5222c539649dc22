import { createBoundedCache } from './bounded-cache.ts';
import { collectJson } from './collect-json.ts';
import { credentialStart } from './detect/assigned-value.ts';
import { type Collection, type HitCollector, type KeyVerdict, mapBack, remembered } from './hit-collector.ts';
import { createLeafJoiner } from './join-leaves.ts';
import { isPlausibleSecret } from './plausible-secret.ts';
import { CONFIDENCE_RANK, UNJUDGED } from './redaction-rule.ts';
import { type Hit, nothingSeen, type Scanner, type TokenEnd } from './scanner.ts';
import type { SensitiveName } from './sensitive-names.ts';
import { findEncodedRuns } from './views/encoded-runs.ts';
import { opensJson } from './views/json-walk.ts';
import { markClusters } from './views/mark-clusters.ts';
import { READINGS, type Reading, readingsOf } from './views/readings.ts';

/** How deep readings nest: JSON in a JSON string, base64 of that, ... */
const MAX_READINGS = 4;
/** Shorter text is not looked through for encoded runs. */
const MIN_ENCODED = 24;
/** A shorter text is looked through sooner than it is looked up. */
const MIN_REMEMBERED = 64;
const KEYS_REMEMBERED = 4096;

/** @param tokenEnd knows the tokens of earlier passes, which are passed over */
export function createHitCollector(scanner: Scanner, tokenEnd: TokenEnd): HitCollector {
  const lookThrough = (text: string, name: SensitiveName | undefined, collection: Collection): Hit[] => {
    const hits: Hit[] = [];
    const walk = collection.depth.readings <= MAX_READINGS && opensJson(text);
    const walked = walk && collectJson(collector, text, name, collection, hits);
    // the items of a list stand under its name each; anything else is one value
    if (name !== undefined && !(walked && text.trimStart().startsWith('['))) {
      collector.namedValue(text, 0, text.length, name, '', hits);
    }
    if (walked) return hits;
    const seen = collector.range(text, 0, text.length, collection, hits);
    if (collection.depth.readings === 0) collectJsonLines(collector, text, seen.names, collection, hits);
    return hits;
  };
  const collector: HitCollector = {
    scanner,
    knownKeys: createBoundedCache<string, KeyVerdict>(KEYS_REMEMBERED),
    text(text, name, collection) {
      const known = name === undefined ? remembered(collection, text) : undefined;
      if (known !== undefined) return known.map((hit) => ({ ...hit }));
      const hits = lookThrough(text, name, collection);
      const remember = name === undefined && collection.depth.readings > 0 && text.length >= MIN_REMEMBERED;
      if (remember) collection.memo.set(text, { hits: hits.map((hit) => ({ ...hit })), depth: collection.depth });
      return hits;
    },
    range(text, from, to, collection, hits) {
      const seen = nothingSeen();
      scanner.scan(text, from, to, collection.budget, hits, seen, tokenEnd);
      readOtherwise(collector, text, from, to, seen.readings, collection, hits);
      return seen;
    },
    again(text, focuses, collection, hits) {
      const seen = nothingSeen();
      for (const focus of focuses) scanner.scan(text, 0, text.length, collection.budget, hits, seen, tokenEnd, focus);
      readOtherwise(collector, text, 0, text.length, readingsOf(text), collection, hits);
    },
    joinLeaves: (text, collection) => createLeafJoiner(text, scanner, tokenEnd, collection.budget),
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
        settled: false,
      });
    },
  };
  return collector;
}

/** The readings that a range offers besides the plain one; `offered` has a bit for each of READINGS. */
function readOtherwise(
  collector: HitCollector,
  text: string,
  from: number,
  to: number,
  offered: number,
  collection: Collection,
  hits: Hit[],
): void {
  const { readings, repeats } = collection.depth;
  if (readings >= MAX_READINGS) return;
  for (let index = 0; offered >> index !== 0; index++) {
    const reading = READINGS[index]!;
    if (((offered >> index) & 1) === 0 || repeats[index]! >= reading.repeats) continue;
    const depth = { readings: readings + 1, repeats: repeats.with(index, repeats[index]! + 1) };
    readAgain(collector, text, from, to, reading, { ...collection, depth }, hits);
  }
  if (to - from < MIN_ENCODED) return;
  collectEncodedRuns(collector, text, from, to, { ...collection, depth: { readings: readings + 1, repeats } }, hits);
}

/** Around each cluster of the reading's marks: the text read in that way, and what is found there. */
function readAgain(
  collector: HitCollector,
  text: string,
  from: number,
  to: number,
  { mark, reach, view, label }: Reading,
  inside: Collection,
  hits: Hit[],
): void {
  for (const cluster of markClusters(text, from, to, mark, reach)) {
    const reading = view(text.slice(cluster.from, cluster.to));
    if (reading === undefined) continue;
    for (const hit of collector.text(reading.text, undefined, inside)) {
      hits.push(mapBack(hit, reading, cluster.from, label));
    }
  }
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
  for (const { start, end, encoding, decoded } of findEncodedRuns(text, from, to, deeper.budget)) {
    if (decoded === undefined) {
      hits.push(unjudgedRun(text, start, end, encoding));
      continue;
    }
    for (const hit of collector.text(decoded, undefined, deeper)) {
      hits.push({ ...hit, start, end, view: encoding, quote: '' });
    }
  }
}

/** More was compressed in it than may be looked through: it goes as a whole. */
function unjudgedRun(text: string, start: number, end: number, encoding: string): Hit {
  return {
    start,
    end,
    kind: UNJUDGED,
    class: 'failure',
    rank: CONFIDENCE_RANK.format,
    rule: 'unjudged',
    value: text.slice(start, end),
    view: encoding,
    path: '',
    quote: '',
    settled: false,
  };
}

/** Log lines, event streams, JSON quoted in prose: what stands under telling names in an object that begins within the text. */
function collectJsonLines(
  collector: HitCollector,
  text: string,
  names: readonly number[],
  collection: Collection,
  hits: Hit[],
): void {
  let end = 0;
  for (const name of names) {
    if (name < end) continue;
    const lineStart = Math.max(end, text.lastIndexOf('\n', name) + 1);
    const lineEnd = text.indexOf('\n', name);
    end = lineEnd < 0 ? text.length : lineEnd;
    const line = text.slice(lineStart, end);
    const open = line.indexOf('{"');
    if (open < 0) continue;
    collection.budget.spend(line.length);
    const found: Hit[] = [];
    collectJson(collector, line.slice(open), undefined, collection, found, true);
    const offset = lineStart + open;
    for (const hit of found) hits.push({ ...hit, start: hit.start + offset, end: hit.end + offset });
  }
}
