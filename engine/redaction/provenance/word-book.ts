import type { ReferenceHasher } from '../content-references.ts';
import { delegationRole } from './delegation.ts';
import { eachWord } from './each-word.ts';
import { inflectedVerbKinds, nounKinds, STOP_WORDS } from './words-of-language.ts';

/** What provenance needs to know of a word. */
export interface Word {
  /** 32 bits of the keyed hash of its stem; 0 for words too common to tell anything. */
  readonly ref: number;
  /** Kinds of action that it names in any form, verb or noun. */
  readonly kinds: number;
  /** Its part in a request that delegates. */
  readonly role: number;
  readonly lower: string;
}

export interface WordBook {
  /** Calls `take` with each word of a text; stops when it answers false. The same word is mostly the same object. */
  read(text: string, take: (word: Word) => boolean): void;
  /** Words that are kept once each, until there are `most`. */
  list(most: number): WordList;
}

export interface WordList {
  /** False for a word that was seen before; true may come more than once. */
  add(word: Word): boolean;
  readonly isFull: boolean;
  refs(): number[];
}

interface Entry extends Word {
  readonly key: number;
  /** The list that took it last. */
  list: number;
}

/** A power of two. */
const WORDS_REMEMBERED = 16_384;

/**
 * Looks a word up once and remembers it: texts are made of the same words over and over. Each has one place in a table, which the
 * next word with that place takes from it.
 */
export function createWordBook(hash: ReferenceHasher): WordBook {
  const known: (Entry | undefined)[] = new Array(WORDS_REMEMBERED).fill(undefined);
  const seed = hash.low('word book seed');
  let lists = 0;
  return {
    read(text, take) {
      eachWord(text, seed, (from, end, key) => {
        const place = key & (WORDS_REMEMBERED - 1);
        const found = known[place];
        if (found !== undefined && found.key === key) return take(found);
        const word = lookUp(text.slice(from, end).toLowerCase(), key, hash);
        known[place] = word;
        return take(word);
      });
    },
    list(most) {
      const refs = new Set<number>();
      const id = ++lists;
      return {
        add(word) {
          if ((word as Entry).list === id) return false;
          (word as Entry).list = id;
          if (word.ref !== 0 && refs.size < most) refs.add(word.ref);
          return true;
        },
        get isFull() {
          return refs.size >= most;
        },
        refs: () => Array.from(refs),
      };
    },
  };
}

function lookUp(lower: string, key: number, hash: ReferenceHasher): Entry {
  const first = lower.charCodeAt(0);
  // numbers and the like are in no list
  if (first < 97) return { key, list: 0, ref: hash.low(stem(lower)), kinds: 0, role: 0, lower };
  const isCommon = STOP_WORDS.has(lower) || (lower.length === 1 && first <= 122);
  const ref = isCommon ? 0 : hash.low(stem(lower));
  const kinds = inflectedVerbKinds(lower) | nounKinds(lower);
  return { key, list: 0, ref, kinds, role: delegationRole(lower), lower };
}

/** Endings off, so that schedule, scheduled and scheduling are one word. Two different words may become one; that is rare and harmless. */
function stem(word: string): string {
  if (word === 'email' || word === 'emails') return 'mail';
  let end = word.length;
  if (end > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (end > 5 && word.endsWith('ing')) end -= 3;
  else if (end > 4 && (word.endsWith('ed') || word.endsWith('es'))) end -= 2;
  else if (end > 3 && word.endsWith('s') && !word.endsWith('ss')) end -= 1;
  if (end > 3 && word.charCodeAt(end - 1) === 101) end -= 1;
  return word.slice(0, end);
}
