const VERB =
  '(?:do|follow|perform|complete|carry out|take|act on|handle|implement|apply|process|work through|obey|address|finish|solve)';
const NOUN =
  '(?:instructions?|actions?|tasks?|to-?dos?|steps?|requests?|items?|orders?|directions?|guidelines?|things?|what|everything|whatever|anything)';

/** "do the actions specified in ...", "follow its instructions": the user lets a text say what to do. Not "do the following tasks: ...". */
const DELEGATION = new RegExp(`\\b${VERB}(?: (?!following\\b)[\\w'’-]{1,20}){0,4} ${NOUN}\\b`, 'iu');
/** "as instructed", "described in". */
const AS_SAID =
  /\bas (?:\w{1,20} )?(?:instructed|described|specified|requested|told|directed|asked|indicated|outlined)\b|\b(?:described|specified|outlined|listed|laid out) (?:in|on|by)\b/iu;
/** "handle ticket 7", "take care of it". */
const HANDLE = /\b(?:handle|process|take care of|deal with|resolve|work on|act on|execute)\b/iu;

/** Does the user's request leave it to something that the agent reads what is to be done? Linear: every repeat is bounded. */
export function delegates(request: string): boolean {
  return DELEGATION.test(request) || AS_SAID.test(request) || HANDLE.test(request);
}
