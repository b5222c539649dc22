import type { Content, ContentPart } from '../../core/agent-span.ts';
import type { CallReference, InstructionReference, RequestReference, SpanProvenance } from '../../core/provenance.ts';
import { collectTokens, type ReferenceHasher } from '../content-references.ts';
import { createTextMemo, type TextMemo } from '../text-memo.ts';
import { opensJson, walkJson } from '../views/json-walk.ts';
import { createDelegationReader } from './delegation.ts';
import { readInstruction } from './read-instruction.ts';
import { eachSentence } from './sentences.ts';
import { createWordBook, type Word, type WordBook, type WordList } from './word-book.ts';
import { nounKinds, OTHER_VERB, READS, verbKinds } from './words-of-language.ts';

/** UTF-16 units of untrusted text, of requests and of one call's arguments that are looked at in a span. */
const MOST_UNTRUSTED = 1 << 18;
const MOST_REQUEST = 1 << 14;
const MOST_ARGUMENTS = 1 << 14;
const MOST_INSTRUCTIONS = 24;
const MOST_CALLS = 32;
/** Sentences that go with the instruction before them, within its paragraph. */
const FOLLOWING = 3;
/** Different words that are kept of a request, of a call's arguments, of an instruction. */
const MOST_REQUEST_WORDS = 128;
const MOST_CALL_WORDS = 96;
const MOST_INSTRUCTION_WORDS = 64;
const MOST_INSTRUCTION_REFS = 32;
const MOST_CALL_REFS = 128;
const LONGEST_NAME = 200;
/** Shorter leaves of JSON hold no sentence. */
const SHORTEST = 12;
/** The salience of tokens that are no more than a long word. */
const LONG_WORD = 4;

/** The tool call that the span is, if it is one. */
interface Called {
  readonly tool: string;
  readonly id: string;
}

/** Plain text in, keyed hashes and small numbers out. */
interface Hashes {
  readonly hash: ReferenceHasher;
  readonly words: WordBook;
  /** The strongest instructions of texts that were read before. */
  readonly instructions: TextMemo<InstructionReference[]>;
}

/**
 * What later decides whether a call was asked for by the user or by what the agent read: of each call which kind of action it is and
 * what it is about, of the user's request the same, and of untrusted text the sentences that ask for something. Only what is new in
 * the span: of a conversation that a model is given again with each call, what follows the model's last word.
 */
export type ProvenanceReader = (content: Content, called: Called) => SpanProvenance;

/** The reader must be given the text as it came, before redaction. It keeps a bounded table of words. */
export function createProvenanceReader(hash: ReferenceHasher): ProvenanceReader {
  const hashes = {
    hash,
    words: createWordBook(hash),
    instructions: createTextMemo<InstructionReference[]>(),
  };
  return (content, called) => {
    const fresh = freshInput(content.input);
    return {
      calls: callsOf(content, called, hashes),
      request: requestOf(fresh, hashes),
      instructions: instructionsOf(fresh, content.toolResult, hashes),
    };
  };
}

function freshInput(input: readonly ContentPart[]): readonly ContentPart[] {
  const last = input.findLastIndex((part) => part.role === 'assistant');
  return last < 0 ? input : input.slice(last + 1);
}

function callsOf(content: Content, called: Called, hashes: Hashes): CallReference[] {
  if (content.toolArguments !== '') return [callOf(called.id, called.tool, content.toolArguments, hashes)];
  return content.toolCalls
    .slice(0, MOST_CALLS)
    .map(({ id, name, arguments: given }) => callOf(id, name, given, hashes));
}

function callOf(id: string, tool: string, given: string, { hash, words }: Hashes): CallReference {
  const { kinds, objects } = readToolName(tool, words);
  const text = given.slice(0, MOST_ARGUMENTS);
  const told = words.list(MOST_CALL_WORDS);
  const refs = new Set<string>();
  if (!(opensJson(text) && eachLeaf(text, (leaf) => addWords(leaf, told, words)))) addWords(text, told, words);
  collectTokens(text, (token, salience) => salience < LONG_WORD && refs.size < MOST_CALL_REFS && refs.add(token), 0);
  return { id, tool, kinds, objects, words: told.refs(), refs: Array.from(refs, hash) };
}

/** What a tool's name says it does, and to what: send_direct_message, sendDirectMessage. */
function readToolName(name: string, words: WordBook): { kinds: number; objects: number[] } {
  let kinds = 0;
  const objects = new Set<number>();
  const parts: Word[] = [];
  const parted = name.slice(0, LONGEST_NAME).replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2');
  words.read(parted, (word) => parts.push(word) > 0);
  parts.forEach(({ lower, ref }, index) => {
    const verb = verbKinds(lower);
    // the first verb says what is done: get_post reads, post_comment does not
    if (verb !== 0 && (kinds === 0 || (kinds & READS) === 0)) kinds |= verb;
    if ((kinds & READS) === 0) kinds |= nounKinds(lower);
    if (ref !== 0 && (index > 0 || verb === 0 || parts.length === 1)) objects.add(ref);
  });
  return { kinds: kinds & ~OTHER_VERB, objects: Array.from(objects) };
}

function addWords(text: string, list: WordList, words: WordBook): void {
  words.read(text, (word) => {
    list.add(word);
    return !list.isFull;
  });
}

/** Every kind of action that a request names counts, asked for or not: the wide reading is the careful one. */
function requestOf(parts: readonly ContentPart[], { words }: Hashes): RequestReference {
  const told = words.list(MOST_REQUEST_WORDS);
  const delegation = createDelegationReader();
  let kinds = 0;
  let left = MOST_REQUEST;
  for (const { role, text } of parts) {
    if (role !== 'user' || left <= 0) continue;
    words.read(text.length > left ? text.slice(0, left) : text, (word) => {
      if (told.add(word)) kinds |= word.kinds;
      delegation.word(word.role);
      return true;
    });
    left -= text.length;
  }
  return { kinds: kinds & ~OTHER_VERB, delegates: delegation.delegates, words: told.refs() };
}

/** A line end that was written out, as in text quoted in YAML or Python. */
const QUOTED_LINE_END = /\\[nr](?=[\s\\A-Z\d*-]|$)|\\\n\s*\\?/g;

interface Unit {
  text: string;
  strength: number;
  kinds: number;
  sentences: number;
}

function instructionsOf(parts: readonly ContentPart[], toolResult: string, hashes: Hashes): InstructionReference[] {
  const found: InstructionReference[] = [];
  const read = (text: string): InstructionReference[] => instructionsIn(text, hashes);
  let left = MOST_UNTRUSTED;
  const take = (text: string): void => {
    if (text.length < SHORTEST || left <= 0) return;
    found.push(...hashes.instructions(text.length > left ? text.slice(0, left) : text, read));
    left -= text.length;
  };
  take(toolResult);
  for (const { role, text } of parts) if (role === 'tool' || role === 'document' || role === 'memory') take(text);
  return strongest(found);
}

function instructionsIn(text: string, hashes: Hashes): InstructionReference[] {
  const units: Unit[] = [];
  if (!(opensJson(text) && eachLeaf(text, (leaf) => leaf.length >= SHORTEST && readUnits(leaf, units))))
    readUnits(text, units);
  return strongest(units).map((unit) => instructionOf(unit, hashes));
}

/** Those of equal strength in the order of the text. */
function strongest<T extends { readonly strength: number }>(found: T[]): T[] {
  return found.sort((a, b) => b.strength - a.strength).slice(0, MOST_INSTRUCTIONS);
}

function readUnits(text: string, units: Unit[]): void {
  let unit: Unit | undefined;
  eachSentence(text, (start, end, opens) => {
    if (unit !== undefined && (opens || unit.sentences > FOLLOWING)) unit = undefined;
    const { strength, kinds, at } = readInstruction(text, start, end);
    if (unit === undefined || strength > unit.strength) {
      if (strength === 0) return;
      unit = { text: text.slice(at, end), strength, kinds, sentences: 1 };
      units.push(unit);
      return;
    }
    unit.text += text.slice(start, end);
    unit.kinds |= kinds;
    unit.sentences++;
  });
}

function instructionOf({ text, strength, kinds }: Unit, { hash, words: book }: Hashes): InstructionReference {
  const words = book.list(MOST_INSTRUCTION_WORDS);
  const refs = new Set<string>();
  const targets = new Set<string>();
  const unquoted = text.includes('\\') ? text.replace(QUOTED_LINE_END, ' ') : text;
  // the capital of its first word is grammar, not a name's
  const plain = unquoted.charAt(0).toLowerCase() + unquoted.slice(1);
  addWords(plain, words, book);
  const take = (token: string, salience: number): void => {
    if (salience >= LONG_WORD || refs.size >= MOST_INSTRUCTION_REFS) return;
    refs.add(token);
    if (isTarget(token, salience)) targets.add(token);
  };
  collectTokens(plain, take, 3);
  return {
    strength,
    kinds,
    words: words.refs(),
    refs: Array.from(refs, hash),
    targets: Array.from(targets, hash),
  };
}

/** Where something can be sent to: addresses, URLs, sites, account numbers. */
function isTarget(token: string, salience: number): boolean {
  return salience === 0 || token.startsWith('www.') || ACCOUNT.test(token);
}

const ACCOUNT = /^(?=.{0,40}\d)[a-z0-9-]{12,40}$/;

/** Each string of a JSON text; false when it is none. */
function eachLeaf(text: string, take: (leaf: string) => void): boolean {
  return walkJson(text, {
    open() {},
    key() {},
    string(start, end, escaped) {
      const raw = text.slice(start, end);
      take(escaped ? unescaped(raw) : raw);
    },
    number(start, end) {
      take(text.slice(start, end));
    },
  });
}

function unescaped(raw: string): string {
  try {
    return JSON.parse(`"${raw}"`);
  } catch {
    return raw;
  }
}
