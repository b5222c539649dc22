import {
  ADDRESSES,
  AFTER_NOUN,
  BEFORE_VERB,
  DETERMINERS,
  LEAD_INS,
  nounKinds,
  OBLIGES,
  OTHER_VERB,
  participleKinds,
  STOP_WORDS,
  SUBORDINATORS,
  verbKinds,
} from './words-of-language.ts';

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
const BACKSLASH = 92;

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
  let previous = '';
  let passive = false;
  const raise = (to: number, from: number): void => {
    if (to === 3 && strength < 3) at = from;
    if (to > strength) strength = to;
  };
  for (let index = start; index < end; ) {
    if (!isLetter(text.charCodeAt(index))) {
      const mark = text.charCodeAt(index);
      if (isOpening(mark)) clause = true;
      else if (mark === 44) comma = true;
      else if (mark === 10 && isCapital(text.charCodeAt(index + 1))) clause = true;
      index += mark === BACKSLASH && isLetter(text.charCodeAt(index + 1)) ? 2 : 1;
      continue;
    }
    const from = index;
    index = wordEnd(text, index, end);
    if (index - from > LONGEST_WORD) {
      clause = comma = false;
      previous = '-';
      continue;
    }
    const word = text.slice(from, index).toLowerCase();
    const verb = verbKinds(word);
    if (verb !== 0 && !isField(text, index)) {
      kinds |= verb;
      if ((clause || comma) && !isNoun(text, index, end)) raise(clause || subordinate ? 3 : 2, from);
      else if (obliged > 0) raise(addresses || BEFORE_VERB.has(previous) ? 3 : 2, from);
      else if (previous === 'to') raise(1, from);
    } else {
      kinds |= nounKinds(word);
      if (obliged > 0 && passive && participleKinds(word) !== 0) {
        kinds |= participleKinds(word);
        raise(2, from);
      } else if (isUnknownVerb(word, previous, obliged, clause && from < start + 4, text, index, end)) raise(2, from);
    }
    if (ADDRESSES.has(word)) addresses = true;
    if (OBLIGES.has(word)) obliged = REACH + 1;
    else if (obliged > 0) obliged--;
    passive = word === 'be' || word === 'being' || word === 'get';
    // what follows "and" or "then" after a command is one too
    clause = (clause && LEAD_INS.has(word)) || (strength >= 2 && (word === 'and' || word === 'then'));
    comma = comma && LEAD_INS.has(word);
    if (previous === '') subordinate = SUBORDINATORS.has(word);
    previous = word;
  }
  return strength === 0 ? NONE : { strength, kinds: kinds & ~OTHER_VERB, addresses, at };
}

/** A word that is in no list, where only a verb can stand: "you must defrost", "Prescribe the". */
function isUnknownVerb(
  word: string,
  previous: string,
  obliged: number,
  opens: boolean,
  text: string,
  at: number,
  end: number,
): boolean {
  if (word.length < 4 || STOP_WORDS.has(word) || LEAD_INS.has(word) || OBLIGES.has(word)) return false;
  return (obliged > 0 && BEFORE_VERB.has(previous)) || (opens && DETERMINERS.has(nextWord(text, at, end)));
}

/** "Rent will be", "Transfer of": a noun in the place of a verb. */
function isNoun(text: string, at: number, end: number): boolean {
  return AFTER_NOUN.has(nextWord(text, at, end));
}

function nextWord(text: string, at: number, end: number): string {
  if (text.charCodeAt(at) !== 32 || !isLetter(text.charCodeAt(at + 1))) return '';
  return text.slice(at + 1, Math.min(wordEnd(text, at + 1, end), at + LONGEST_WORD)).toLowerCase();
}

/** `message: ...`, `status=open`, `mark@...`: a field or part of a longer token, however much it looks like a verb. */
function isField(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 46) return isLetter(text.charCodeAt(at + 1));
  return code === 58 || code === 61 || code === 64 || code === 47 || code === 34 || code === 39;
}

function wordEnd(text: string, from: number, end: number): number {
  let index = from + 1;
  while (index < end && isWithinWord(text.charCodeAt(index))) index++;
  // a quote at the end closes something
  return text.charCodeAt(index - 1) === 39 ? index - 1 : index;
}

function isCapital(code: number): boolean {
  return code >= 65 && code <= 90;
}

function isLetter(code: number): boolean {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
}

function isWithinWord(code: number): boolean {
  return isLetter(code) || code === 39 || code === 45 || code === 95;
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
