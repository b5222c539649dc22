import { type Collection, type HitCollector, mapBack, remembered } from './hit-collector.ts';
import type { Hit } from './scanner.ts';
import type { SensitiveName } from './sensitive-names.ts';
import { unescapedBy, unescapeView, type View } from './views/escapes.ts';
import { type JsonPath, pathText, walkJson } from './views/json-walk.ts';

const CARD_LENGTH = /^\d{13,19}$/;
/** Keys whose string says what the sibling `value` is, and keys that take that name or their parent's. */
const LABEL_KEYS = new Set(['name', 'key', 'header', 'field', 'param', 'Name', 'Key']);
const VALUE_KEYS = new Set([
  'value',
  'values',
  'raw',
  'data',
  'stringValue',
  'string_value',
  'Value',
  'current',
  'plain',
  '$value',
]);
/** Keys that say little without what they stand under. */
const BARE_KEYS = new Set(['key', 'Key', 'token', 'Token', 'auth']);
const MAX_LABEL = 64;
const MAX_KEY_REMEMBERED = 128;
/** Shorter leaves are looked through sooner than they are looked up. */
const MIN_REMEMBERED = 64;
const NOTHING: readonly Hit[] = [];

/**
 * Hits in the leaves and keys of JSON text. Returns true when the text was one well-formed value. `namesOnly`: the text itself
 * has been scanned, only what the names of the leaves tell is missing.
 */
export function collectJson(
  collector: HitCollector,
  text: string,
  outer: SensitiveName | undefined,
  collection: Collection,
  hits: Hit[],
  namesOnly = false,
): boolean {
  const { depth } = collection;
  const deeper = { ...collection, depth: { ...depth, readings: depth.readings + 1 } };
  // by depth: the name that the current value stands under, and the label that a sibling gave ("name": "authorization")
  const names: (SensitiveName | undefined)[] = [];
  const labels: (SensitiveName | undefined)[] = [];
  let keyIsLabel = false;
  // the flag that the item before was: ["--token", "..."]
  let flag: SensitiveName | undefined;

  const locate = (first: number, path: JsonPath, depth: number): void => {
    if (hits.length === first) return;
    const at = pathText(text, path, depth);
    for (let index = first; index < hits.length; index++) hits[index]!.path = at + hits[index]!.path;
  };

  const collectLeaf = (start: number, end: number, escaped: boolean, name: SensitiveName | undefined): void => {
    if (escaped) {
      if (namesOnly && name === undefined) return;
      const view = decodeString(text, start, end);
      const inner: Hit[] = [];
      if (namesOnly && name !== undefined) collector.namedValue(view.text, 0, view.text.length, name, '', inner);
      else inner.push(...collector.text(view.text, name, deeper));
      for (const hit of inner) hits.push(mapBack(hit, view, start, 'json'));
      return;
    }
    if (name !== undefined) collector.namedValue(text, start, end, name, '', hits);
    if (namesOnly) return;
    if (end - start < MIN_REMEMBERED) {
      collector.range(text, start, end, collection, hits);
      return;
    }
    const leaf = text.slice(start, end);
    const known = remembered(collection, leaf);
    if (known !== undefined) {
      for (const hit of known) hits.push({ ...hit, start: hit.start + start, end: hit.end + start });
      return;
    }
    const first = hits.length;
    collector.range(text, start, end, collection, hits);
    if (hits.length === first) collection.memo.set(leaf, { hits: NOTHING, depth });
  };

  const judgeKey = (start: number, end: number, escaped: boolean): SensitiveName | undefined => {
    const key = text.slice(start, end);
    const known = collector.knownKeys.get(key);
    if (known !== undefined) return known.name;
    const first = hits.length;
    collectLeaf(start, end, escaped, undefined);
    const name = collector.scanner.judgeName(key);
    const remember = hits.length === first && !namesOnly && key.length <= MAX_KEY_REMEMBERED;
    if (remember) collector.knownKeys.set(key, { name });
    return name;
  };

  /** `{"datadog": {"key": ...}}`: what the key says together with the vendor it stands under. */
  const ofVendor = ({ keyStart, keyEnd, depth }: JsonPath, start: number, end: number): SensitiveName | undefined => {
    const parent = depth - 2;
    if (parent < 0 || keyStart[parent]! <= 0 || !BARE_KEYS.has(text.slice(start, Math.min(end, start + 8))))
      return undefined;
    const name = collector.scanner.judgeName(
      `${text.slice(keyStart[parent], keyEnd[parent])}_${text.slice(start, end)}`,
    );
    return name?.vendorFormats === undefined ? undefined : name;
  };

  const joiner = namesOnly ? undefined : collector.joinLeaves(text, collection);
  const whole = walkJson(text, {
    open(path) {
      const level = path.depth - 1;
      names[level] = level === 0 ? outer : names[level - 1];
      labels[level] = undefined;
    },
    key(start, end, escaped, path) {
      const level = path.depth - 1;
      const first = hits.length;
      const name = ofVendor(path, start, end) ?? judgeKey(start, end, escaped);
      locate(first, path, level);
      const key = end - start <= 12 ? text.slice(start, end) : '';
      keyIsLabel = LABEL_KEYS.has(key);
      const inherited = level === 0 ? outer : names[level - 1];
      names[level] = VALUE_KEYS.has(key) ? (labels[level] ?? inherited ?? name) : name;
    },
    string(start, end, escaped, path) {
      const level = path.depth - 1;
      const first = hits.length;
      const inList = path.keyStart[level] === -1;
      collectLeaf(start, end, escaped, names[level] ?? (inList ? flag : undefined));
      locate(first, path, path.depth);
      joiner?.add(inList ? '' : text.slice(path.keyStart[level], path.keyEnd[level]), start, end);
      const isFlag = inList && text.startsWith('--', start) && end - start <= MAX_LABEL;
      flag = isFlag ? collector.scanner.judgeName(text.slice(start, end)) : undefined;
      if (keyIsLabel && !inList) {
        labels[level] = end - start <= MAX_LABEL ? collector.scanner.judgeName(text.slice(start, end)) : undefined;
      }
    },
    number(start, end, path) {
      const name = names[path.depth - 1];
      const first = hits.length;
      if (name?.numeric) collector.namedValue(text, start, end, name, '"', hits);
      else if (CARD_LENGTH.test(text.slice(start, end))) collector.range(text, start, end, collection, hits);
      // the token takes the whole number's place, as a string
      for (let index = first; index < hits.length; index++) Object.assign(hits[index]!, { start, end, quote: '"' });
      locate(first, path, path.depth);
    },
  });
  joiner?.collect(hits);
  return whole;
}

/** The characters between two quotes, unescaped; by the platform's parser where it can, it is faster. */
function decodeString(text: string, start: number, end: number): View {
  const raw = text.slice(start, end);
  try {
    return unescapedBy(JSON.parse(text.slice(start - 1, end + 1)), raw);
  } catch {
    return unescapeView(raw) ?? unescapedBy(raw, raw);
  }
}
