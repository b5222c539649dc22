import type { Content, ContentPart } from '../core/agent-span.ts';
import type { ContentReferences } from '../core/redacted-span.ts';
import { createHmacSha256 } from './hmac-sha256.ts';
import { type Salience, salientTokens, shortValue, type TokenSink } from './salient-tokens.ts';
import { sipHash24, sipKeyOf } from './siphash.ts';
import { createTextMemo, type TextMemo } from './text-memo.ts';
import { unescapedBy } from './views/escapes.ts';
import { opensJson, walkJson } from './views/json-walk.ts';

/** References kept per list. */
export const MAX_REFERENCES = 512;
/** UTF-16 units looked at per list; what a longer one holds after that leaves no references. */
const MAX_TEXT = 1 << 20;
const MAX_JSON_LEVEL = 3;
const KEY_LABEL = 'spanwarden content reference v1';
const MAX_TOKEN_BYTES = 1024;

/** The 64-bit keyed hash of a token, as an unsigned decimal. The same token gives the same hash in every span of the org. */
export interface ReferenceHasher {
  (token: string): string;
  /** Its low 32 bits, as an unsigned number. */
  readonly low: (token: string) => number;
}

/**
 * SipHash-2-4 under a key derived from the org's key, apart from the key of the redaction tokens. Hashing a token again is no slower
 * than looking it up.
 */
export function createReferenceHasher(orgKey: Uint8Array): ReferenceHasher {
  const key = sipKeyOf(createHmacSha256(orgKey)(KEY_LABEL));
  const bytes = Buffer.alloc(MAX_TOKEN_BYTES);
  // one word seen as a 64-bit integer and as two halves, least significant first
  const word = new BigUint64Array(1);
  const halves = new Int32Array(word.buffer);
  const hash = (token: string): string => {
    sipHash24(key, bytes, writeBytes(token, bytes), halves);
    return word[0]!.toString();
  };
  const low = (token: string): number => {
    sipHash24(key, bytes, writeBytes(token, bytes), halves);
    return halves[0]! >>> 0;
  };
  return Object.assign(hash, { low });
}

function writeBytes(token: string, bytes: Buffer): number {
  for (let index = 0; index < token.length; index++) {
    const code = token.charCodeAt(index);
    if (code > 127) return bytes.write(token, 'utf8');
    bytes[index] = code;
  }
  return token.length;
}

/**
 * What a span's text refers to, as hashes: from people it can trust, from where it cannot, and what it sends on. "An argument of
 * this call came from an untrusted result and not from the user" is then a question of set membership. Must be given the text as
 * it came, before redaction.
 */
export function contentReferences(
  content: Content,
  hasher: ReferenceHasher,
  memo: ReferenceMemo = readAfresh,
): ContentReferences {
  const trusted = createList(hasher, memo);
  const untrusted = createList(hasher, memo);
  const outbound = createList(hasher, memo);
  trusted.add(content.systemPrompt);
  for (const part of content.input) listOf(part, trusted, untrusted)?.add(part.text);
  untrusted.add(content.toolResult);
  for (const part of content.output) outbound.add(part.text);
  for (const call of content.toolCalls) outbound.add(call.arguments);
  outbound.add(content.toolArguments);
  return { trusted: trusted.close(), untrusted: untrusted.close(), outbound: outbound.close() };
}

function listOf(part: ContentPart, trusted: ReferenceList, untrusted: ReferenceList): ReferenceList | undefined {
  switch (part.role) {
    case 'user':
    case 'system':
      return trusted;
    case 'tool':
    case 'document':
    case 'memory':
      return untrusted;
    // what the model said before was an answer of an earlier span
    case 'assistant':
      return undefined;
  }
}

interface ReferenceList {
  add(text: string): void;
  close(): string[];
}

/** The references of one text, each once: their hashes, and beside each its salience. */
interface TextReferences {
  readonly hashes: string[];
  readonly saliences: Salience[];
}

/** References of texts that were read before, under one hasher. */
export type ReferenceMemo = TextMemo<TextReferences>;

const MOST_REMEMBERED = 1024;

export function createReferenceMemo(): ReferenceMemo {
  return createTextMemo(({ hashes }) => hashes.length <= MOST_REMEMBERED);
}

function readAfresh(text: string, read: (text: string) => TextReferences): TextReferences {
  return read(text);
}

function createList(hasher: ReferenceHasher, memo: ReferenceMemo): ReferenceList {
  const read = (text: string): TextReferences => referencesOf(text, hasher);
  const texts: TextReferences[] = [];
  let left = MAX_TEXT;
  return {
    add(text) {
      if (text === '' || left <= 0) return;
      texts.push(memo(text.length > left ? text.slice(0, left) : text, read));
      left -= text.length;
    },
    close() {
      if (texts.length === 1 && texts[0]!.hashes.length <= MAX_REFERENCES) return texts[0]!.hashes;
      const found = merge(texts);
      return found.size <= MAX_REFERENCES ? Array.from(found.keys()) : sample(found);
    },
  };
}

function referencesOf(text: string, hasher: ReferenceHasher): TextReferences {
  const found = new Map<string, Salience>();
  const sink: TokenSink = (token, salience) => {
    const known = found.get(token);
    if (known === undefined || salience < known) found.set(token, salience);
  };
  collectTokens(text, sink, 0);
  return { hashes: Array.from(found.keys(), (token) => hasher(token)), saliences: Array.from(found.values()) };
}

function merge(texts: readonly TextReferences[]): ReadonlyMap<string, Salience> {
  const found = new Map<string, Salience>();
  for (const { hashes, saliences } of texts) {
    hashes.forEach((hash, index) => {
      const known = found.get(hash);
      const salience = saliences[index]!;
      if (known === undefined || salience < known) found.set(hash, salience);
    });
  }
  return found;
}

/**
 * More than fit: the more salient first, and among equals those with the smallest hashes. Which those are nobody can foresee without
 * the key, so a document cannot push its own references out by listing others before them; and the same token is kept in every
 * list that overflows.
 */
function sample(found: ReadonlyMap<string, Salience>): string[] {
  const ranked = Array.from(found, ([hash, salience]) => ({ salience, hash }));
  ranked.sort((a, b) => a.salience - b.salience || a.hash.length - b.hash.length || (a.hash < b.hash ? -1 : 1));
  return ranked.slice(0, MAX_REFERENCES).map((entry) => entry.hash);
}

/** JSON by its leaves (a short leaf is a token as a whole), anything else as text. */
export function collectTokens(text: string, sink: TokenSink, level: number): void {
  if (level < MAX_JSON_LEVEL && opensJson(text) && collectLeaves(text, sink, level)) return;
  salientTokens(text, sink);
}

function collectLeaves(text: string, sink: TokenSink, level: number): boolean {
  return walkJson(text, {
    open() {},
    key() {},
    string(start, end, escaped) {
      const raw = text.slice(start, end);
      const leaf = escaped ? decode(raw) : raw;
      shortValue(leaf, 0, leaf.length, sink);
      collectTokens(leaf, sink, level + 1);
    },
    number(start, end) {
      salientTokens(text.slice(start, end), sink);
    },
  });
}

function decode(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    return unescapedBy(raw, raw).text;
  }
}
