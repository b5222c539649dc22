import { findWord, hashLetter, type LexiconEntry, UNKNOWN_WORD } from './lexicon.ts';
import { OTHER_VERB } from './words-of-language.ts';

/** How a sentence asks for something. */
export interface Instruction {
  /** 0 does not; 1 says that something is to be done; 2 asks for it; 3 commands it. */
  readonly strength: number;
  /** Kinds of action that it names (words-of-language.ts). */
  readonly kinds: number;
  /** Speaks to or of the one who reads it, the agent, or the agent's user. */
  readonly addresses: boolean;
  /** Where the command begins; the sentence's start when nothing is commanded. */
  readonly at: number;
}

const NONE: Instruction = { strength: 0, kinds: 0, addresses: false, at: 0 };
/** Words between what obliges and the verb: "you are kindly asked to now send". */
const REACH = 4;
const LONGEST_WORD = 14;
/** Of a verb that is in no list, where only a verb can stand: "you must defrost", "Prescribe the". */
const SHORTEST_VERB = 4;
const BACKSLASH = 92;
/** What stands within a word, as against at its start: ' - _ */
const WITHIN_WORD = new Uint8Array(128);
const LETTERS = new Uint8Array(128);
LETTERS.fill(1, 65, 91).fill(1, 97, 123);
WITHIN_WORD.set(LETTERS);
WITHIN_WORD[39] = WITHIN_WORD[45] = WITHIN_WORD[95] = 1;

/** Reads one sentence for the grammar of instructions. Linear; looks at each word once. */
export function readInstruction(text: string, start: number, end: number): Instruction {
  let strength = 0;
  let kinds = 0;
  let addresses = false;
  let at = start;
  // what the words before leave open
  let clause = true;
  let comma = false;
  let subordinate = false;
  let obliged = 0;
  let first = true;
  let previous = UNKNOWN_WORD;
  let passive = false;
  const raise = (to: number, from: number): void => {
    if (to === 3 && strength < 3) at = from;
    if (to > strength) strength = to;
  };
  for (let index = start; index < end; ) {
    const mark = text.charCodeAt(index);
    if (!isLetter(mark)) {
      if (isOpening(mark)) clause = true;
      else if (mark === 44) comma = true;
      else if (mark === 10 && isCapital(text.charCodeAt(index + 1))) clause = true;
      index += mark === BACKSLASH && isLetter(text.charCodeAt(index + 1)) ? 2 : 1;
      continue;
    }
    const from = index;
    index = wordEnd(text, index, end);
    if (index - from > LONGEST_WORD) {
      clause = comma = first = false;
      previous = UNKNOWN_WORD;
      continue;
    }
    const word = lookUp(text, from, index);
    if (word.verb !== 0 && !isField(text, index)) {
      kinds |= word.verb;
      if ((clause || comma) && !isNoun(text, index, end)) raise(clause || subordinate ? 3 : 2, from);
      else if (obliged > 0) raise(addresses || previous.precedesVerb ? 3 : 2, from);
      else if (previous.word === 'to') raise(1, from);
    } else {
      kinds |= word.noun;
      if (obliged > 0 && passive && word.participle !== 0) {
        kinds |= word.participle;
        raise(2, from);
      } else if (
        index - from >= SHORTEST_VERB &&
        !word.isFunction &&
        ((obliged > 0 && previous.precedesVerb) ||
          (clause && from < start + 4 && nextWord(text, index, end).determines))
      )
        raise(2, from);
    }
    if (word.addresses) addresses = true;
    if (word.obliges) obliged = REACH + 1;
    else if (obliged > 0) obliged--;
    passive = word.word === 'be' || word.word === 'being' || word.word === 'get';
    // what follows "and" or "then" after a command is one too
    clause = (clause && word.leadsIn) || (strength >= 2 && (word.word === 'and' || word.word === 'then'));
    comma = comma && word.leadsIn;
    if (first) subordinate = word.subordinates;
    first = false;
    previous = word;
  }
  return strength === 0 ? NONE : { strength, kinds: kinds & ~OTHER_VERB, addresses, at };
}

function lookUp(text: string, from: number, end: number): LexiconEntry {
  let hash: number | undefined;
  for (let index = from; index < end; index++) hash = hashLetter(hash, text.charCodeAt(index));
  return findWord(text, from, end, hash!);
}

/** "Rent will be", "Transfer of": a noun in the place of a verb. */
function isNoun(text: string, at: number, end: number): boolean {
  return nextWord(text, at, end).followsNoun;
}

function nextWord(text: string, at: number, end: number): LexiconEntry {
  if (text.charCodeAt(at) !== 32 || !isLetter(text.charCodeAt(at + 1))) return UNKNOWN_WORD;
  return lookUp(text, at + 1, Math.min(wordEnd(text, at + 1, end), at + LONGEST_WORD));
}

/** `message: ...`, `status=open`, `mark@...`: a field or part of a longer token, however much it looks like a verb. */
function isField(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 46) return isLetter(text.charCodeAt(at + 1));
  return code === 58 || code === 61 || code === 64 || code === 47 || code === 34 || code === 39;
}

function wordEnd(text: string, from: number, end: number): number {
  let index = from + 1;
  // outside of the table is undefined, which ends a word too
  while (index < end && WITHIN_WORD[text.charCodeAt(index)] === 1) index++;
  // a quote at the end closes something
  return text.charCodeAt(index - 1) === 39 ? index - 1 : index;
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isLetter(code: number): boolean {
  return LETTERS[code] === 1;
}

/** : ; ( [ " ' - * # and the end of a sentence inside. */
function isOpening(code: number): boolean {
  switch (code) {
    case 58:
    case 59:
    case 40:
    case 91:
    case 34:
    case 39:
    case 42:
    case 35:
    case 33:
    case 46:
    case 63:
    case 93:
      return true;
    default:
      return false;
  }
}
