import { createBoundedCache } from '../bounded-cache.ts';
import type { ReferenceHasher } from '../content-references.ts';
import { eachWord } from './each-word.ts';
import { inflectedVerbKinds, nounKinds, STOP_WORDS } from './words-of-language.ts';

/** What provenance needs to know of a word. */
export interface Word {
  /** 32 bits of the keyed hash of its stem; 0 for words too common to tell anything. */
  readonly ref: number;
  /** Kinds of action that it names in any form, verb or noun. */
  readonly kinds: number;
  readonly lower: string;
}

export interface WordBook {
  /** Calls `take` with each word of a text; stops when it answers false. */
  read(text: string, take: (word: Word) => boolean): void;
}

const WORDS_REMEMBERED = 8_192;

/** Looks a word up once and remembers it: texts are made of the same words over and over. */
export function createWordBook(hash: ReferenceHasher): WordBook {
  const known = createBoundedCache<number, Word>(WORDS_REMEMBERED);
  const seed = low32(hash('word book seed'));
  return {
    read(text, take) {
      eachWord(text, seed, (from, end, key) => {
        const found = known.get(key);
        if (found !== undefined) return take(found);
        const word = lookUp(text.slice(from, end).toLowerCase(), hash);
        known.set(key, word);
        return take(word);
      });
    },
  };
}

function low32(hash: string): number {
  return Number(BigInt(hash) & 0xffff_ffffn);
}

function lookUp(lower: string, hash: ReferenceHasher): Word {
  const isCommon = STOP_WORDS.has(lower) || (lower.length === 1 && lower >= 'a' && lower <= 'z');
  const ref = isCommon ? 0 : low32(hash(stem(lower)));
  return { ref, kinds: inflectedVerbKinds(lower) | nounKinds(lower), lower };
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
