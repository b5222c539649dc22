/** "do the actions specified in ...", "follow its instructions": the verb, then within REACH words the noun. */
const VERBS = new Set(
  'do follow perform complete carry take act handle implement apply process work obey address finish solve'.split(' '),
);
const NOUNS = new Set(
  (
    'instruction instructions action actions task tasks todo todos step steps request requests item items order orders direction ' +
    'directions guideline guidelines thing things what everything whatever anything'
  ).split(' '),
);
/** "handle ticket 7", "deal with it". */
const HANDLES = new Set('handle process resolve execute deal'.split(' '));
/** "as instructed", "described in the file". */
const SAID = new Set(
  'instructed described specified requested told directed asked indicated outlined listed'.split(' '),
);
const PLACES = new Set('in on by'.split(' '));
const ASKED = new Set('told asked requested'.split(' '));
const REACH = 5;

const VERB = 1;
const NOUN = 2;
const HANDLE = 4;
const SAYS = 8;
const PLACE = 16;
const AS = 32;
const FOLLOWING = 64;
const ASKS = 128;

/** What a word, lower-case, can do in a request that delegates, as bits; 0 for nearly every word. */
export function delegationRole(word: string): number {
  return (
    (VERBS.has(word) ? VERB : 0) |
    (NOUNS.has(word) ? NOUN : 0) |
    (HANDLES.has(word) ? HANDLE : 0) |
    (SAID.has(word) ? SAYS : 0) |
    (PLACES.has(word) ? PLACE : 0) |
    (ASKED.has(word) ? ASKS : 0) |
    (word === 'as' ? AS : 0) |
    (word === 'following' ? FOLLOWING : 0)
  );
}

export interface DelegationReader {
  /** The role of the next word of a request. */
  word(role: number): void;
  /** The user leaves it to something that the agent reads what is to be done. */
  readonly delegates: boolean;
}

/** Reads a request word by word. "Do the following tasks: ..." is none: what is to be done stands in the request itself. */
export function createDelegationReader(): DelegationReader {
  let reach = 0;
  let previous = 0;
  let before = 0;
  let delegates = false;
  return {
    word(role) {
      if (delegates) return;
      if ((role | previous | before) === 0) {
        if (reach > 0) reach--;
        return;
      }
      if ((role & FOLLOWING) !== 0) reach = 0;
      delegates =
        (role & HANDLE) !== 0 ||
        (reach > 0 && (role & NOUN) !== 0) ||
        ((role & SAYS) !== 0 && ((previous | before) & AS) !== 0) ||
        ((role & PLACE) !== 0 && (previous & SAYS) !== 0 && (previous & ASKS) === 0);
      if ((role & VERB) !== 0) reach = REACH;
      else if (reach > 0) reach--;
      before = previous;
      previous = role;
    },
    get delegates() {
      return delegates;
    },
  };
}
