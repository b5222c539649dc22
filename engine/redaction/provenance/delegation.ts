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
const REACH = 5;

export interface DelegationReader {
  /** The next word of a request, lower-case. */
  word(word: string): void;
  /** The user leaves it to something that the agent reads what is to be done. */
  readonly delegates: boolean;
}

/** Reads a request word by word. "Do the following tasks: ..." is none: what is to be done stands in the request itself. */
export function createDelegationReader(): DelegationReader {
  let reach = 0;
  let previous = '';
  let before = '';
  let delegates = false;
  return {
    word(word) {
      if (delegates) return;
      if (word === 'following') reach = 0;
      delegates =
        HANDLES.has(word) ||
        (reach > 0 && NOUNS.has(word)) ||
        (SAID.has(word) && (previous === 'as' || before === 'as')) ||
        (PLACES.has(word) &&
          SAID.has(previous) &&
          previous !== 'told' &&
          previous !== 'asked' &&
          previous !== 'requested');
      if (VERBS.has(word)) reach = REACH;
      else if (reach > 0) reach--;
      before = previous;
      previous = word;
    },
    get delegates() {
      return delegates;
    },
  };
}
