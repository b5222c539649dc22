import {
  ADDRESSES,
  AFTER_NOUN,
  BEFORE_VERB,
  DETERMINERS,
  LEAD_INS,
  nounKinds,
  OBLIGES,
  participleKinds,
  STOP_WORDS,
  SUBORDINATORS,
  VERB_FORMS,
  verbKinds,
} from './words-of-language.ts';

/** What the grammar of instructions knows of a word. */
export interface LexiconEntry {
  /** Lower-case. */
  readonly word: string;
  readonly verb: number;
  readonly noun: number;
  readonly participle: number;
  readonly addresses: boolean;
  readonly obliges: boolean;
  readonly leadsIn: boolean;
  readonly precedesVerb: boolean;
  readonly followsNoun: boolean;
  readonly determines: boolean;
  readonly subordinates: boolean;
  /** Never a verb that the lists merely lack. */
  readonly isFunction: boolean;
}

const FNV_PRIME = 0x01000193;
const FNV_BASIS = 0x811c9dc5 | 0;
/** Power of two, eight times the entries: nearly every word that is in no list is told by one look. */
const SLOTS = 1 << 15;

/** The entry of a word in no list. */
export const UNKNOWN_WORD = entryOf('');
const table = tableOf([
  ...VERB_FORMS,
  ...[STOP_WORDS, LEAD_INS, OBLIGES, BEFORE_VERB, ADDRESSES, SUBORDINATORS, AFTER_NOUN, DETERMINERS].flatMap((set) =>
    Array.from(set),
  ),
]);

/** The hash that `findWord` takes: of each letter in turn, starting from undefined. */
export function hashLetter(hash: number | undefined, code: number): number {
  return Math.imul((hash ?? FNV_BASIS) ^ (code | 32), FNV_PRIME);
}

/** The entry of the word at `from`, without regard to case; `hash` is that of its letters. Copies nothing. */
export function findWord(text: string, from: number, end: number, hash: number): LexiconEntry {
  for (let slot = slotOf(hash); ; slot = (slot + 1) & (SLOTS - 1)) {
    const entry = table[slot];
    if (entry === undefined) return UNKNOWN_WORD;
    if (isSame(entry.word, text, from, end)) return entry;
  }
}

function isSame(word: string, text: string, from: number, end: number): boolean {
  if (word.length !== end - from) return false;
  for (let index = 0; index < word.length; index++) {
    const code = text.charCodeAt(from + index);
    if ((code >= 65 && code <= 90 ? code | 32 : code) !== word.charCodeAt(index)) return false;
  }
  return true;
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}

function tableOf(words: readonly string[]): (LexiconEntry | undefined)[] {
  const slots: (LexiconEntry | undefined)[] = new Array(SLOTS).fill(undefined);
  for (const word of new Set(words)) {
    let hash: number | undefined;
    for (let index = 0; index < word.length; index++) hash = hashLetter(hash, word.charCodeAt(index));
    let slot = slotOf(hash!);
    while (slots[slot] !== undefined) slot = (slot + 1) & (SLOTS - 1);
    slots[slot] = entryOf(word);
  }
  return slots;
}

function entryOf(word: string): LexiconEntry {
  return {
    word,
    verb: verbKinds(word),
    noun: nounKinds(word),
    participle: participleKinds(word),
    addresses: ADDRESSES.has(word),
    obliges: OBLIGES.has(word),
    leadsIn: LEAD_INS.has(word),
    precedesVerb: BEFORE_VERB.has(word),
    followsNoun: AFTER_NOUN.has(word),
    determines: DETERMINERS.has(word),
    subordinates: SUBORDINATORS.has(word),
    isFunction: STOP_WORDS.has(word) || LEAD_INS.has(word) || OBLIGES.has(word),
  };
}
