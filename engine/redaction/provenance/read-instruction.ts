import { ADDRESSES, LEAD_INS, NOUN_KINDS, OBLIGES, OTHER_VERB, VERB_KINDS } from './words-of-language.ts';

/** How a sentence asks for something. */
export interface Instruction {
  /** 0 does not; 1 says that something has to be done; 2 asks for it; 3 commands it. */
  readonly strength: 0 | 1 | 2 | 3;
  /** Kinds of action that it names (words-of-language.ts). */
  readonly kinds: number;
  /** Speaks to or of the one who reads it, or the agent's user. */
  readonly addresses: boolean;
}

const NONE: Instruction = { strength: 0, kinds: 0, addresses: false };
const BACKSLASH = 92;
/** Words between what obliges and the verb: "you are kindly asked to now send". */
const REACH = 4;

/** Reads one sentence for the grammar of instructions. Linear; looks at each word once. */
export function readInstruction(text: string, start: number, end: number): Instruction {
  let strength: Instruction['strength'] = 0;
  let kinds = 0;
  let addresses = false;
  let clause = true;
  let obliged = 0;
  let afterTo = false;
  for (let index = start; index < end; ) {
    const code = text.charCodeAt(index) | 32;
    if (code < 97 || code > 122) {
      // what follows a colon, a quote or a bracket may begin a sentence of its own
      const mark = text.charCodeAt(index);
      if (isOpening(mark)) clause = true;
      index += mark === BACKSLASH && isLetter(text.charCodeAt(index + 1)) ? 2 : 1;
      continue;
    }
    const from = index;
    while (index < end && isLetter(text.charCodeAt(index))) index++;
    const length = index - from;
    if (length > 14) {
      clause = false;
      continue;
    }
    const word = text.slice(from, index).toLowerCase();
    const kind = VERB_KINDS.get(word) ?? 0;
    if (kind !== 0) {
      kinds |= kind;
      if (clause && !isField(text, index)) strength = 3;
      else if (obliged > 0) strength = Math.max(strength, addresses ? 3 : 2) as 2 | 3;
      else if (afterTo) strength = Math.max(strength, 1) as 1 | 2 | 3;
    } else kinds |= NOUN_KINDS.get(word) ?? 0;
    if (ADDRESSES.has(word)) addresses = true;
    if (OBLIGES.has(word)) obliged = REACH + 1;
    afterTo = word === 'to';
    clause = clause && LEAD_INS.has(word);
    if (obliged > 0) obliged--;
  }
  return strength === 0 ? NONE : { strength, kinds: kinds & ~OTHER_VERB, addresses };
}

/** `message: ...`, `status=open`, `mark@...`: a field or part of a longer token, however much it looks like a verb. */
function isField(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code === 46) return isLetter(text.charCodeAt(at + 1));
  return code === 58 || code === 61 || code === 64 || code === 47 || code === 34 || code === 39;
}

function isLetter(code: number): boolean {
  const lower = code | 32;
  return (lower >= 97 && lower <= 122) || code === 39 || code === 45 || code === 95;
}

/** : ; ( [ " ' - * # and the end of a sentence inside. */
function isOpening(code: number): boolean {
  return (
    code === 58 ||
    code === 59 ||
    code === 40 ||
    code === 91 ||
    code === 34 ||
    code === 39 ||
    code === 42 ||
    code === 35 ||
    code === 33 ||
    code === 46
  );
}
