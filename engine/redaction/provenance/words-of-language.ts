/**
 * The grammar that telling instructions from data takes, English: which verbs act and how, what obliges, what fills. General
 * language, no product's or attack's own words; the kinds are coarse because wording differs between a text and a tool's name.
 */

/** Kinds of action, as bits. `share` may grant or publish, `reset` set or change: a word can have several. */
const SENDS = 1;
const PAYS = 2;
const CREATES = 4;
const DELETES = 8;
const CHANGES = 16;
const GRANTS = 32;
const RUNS = 64;
const PUBLISHES = 128;
/** Brings something in; changes nothing. */
export const READS = 256;
/** Anything else that one can be told to do: include, ignore, say. */
export const OTHER_VERB = 512;

/** A shell or an interpreter: the tool's name does not say what a call of it does. */
const RUNS_ANYTHING = 1024;

const VERBS: readonly (readonly [kinds: number, words: string])[] = [
  [
    SENDS,
    'send email e-mail mail message text forward reply respond notify inform tell dm contact deliver dispatch resend relay transmit pass ping fax leak exfiltrate',
  ],
  [
    PAYS,
    'pay transfer wire remit buy purchase order donate refund reimburse deposit withdraw repay tip settle charge invest sell trade send issue compensate subscribe',
  ],
  [
    CREATES,
    'create make add schedule book reserve set setup register insert append open arrange plan organize organise generate draft save store compose put place enter log record prepare block raise write request attach subscribe sign issue copy',
  ],
  [
    DELETES,
    'delete remove erase wipe drop cancel purge clear clean destroy uninstall unsubscribe discard terminate revoke close trash empty kick ban reject decline deactivate stop kill unset format shred archive tidy',
  ],
  [
    CHANGES,
    'update change modify edit set reset replace rename move reschedule alter adjust correct fix switch rewrite redirect swap convert increase decrease raise lower extend shift rotate overwrite amend patch enable disable turn configure adapt postpone merge assign mark reassign upgrade downgrade unlock lock forward',
  ],
  [
    GRANTS,
    'share invite grant allow authorize authorise approve enable give permit add promote delegate assign accept admit unlock let enroll enrol confirm',
  ],
  [
    RUNS,
    'run execute install download deploy start launch invoke trigger restart reboot curl wget eval compile build pull push commit clone apply activate boot',
  ],
  [
    PUBLISHES,
    'post publish tweet comment announce upload push broadcast submit share review rate release advertise make',
  ],
  [
    READS,
    'get read fetch list search find look lookup retrieve view show check query browse visit go navigate see scan inspect load count describe examine access click collect gather extract obtain locate analyze analyse summarize summarise verify compare monitor watch explore recall parse ask review',
  ],
  [
    OTHER_VERB,
    'use include ignore disregard forget say print output reveal display provide follow complete perform do ensure keep repeat act pretend recommend suggest mention answer call solve conclude begin continue proceed take return state quote translate encode decode hide skip avoid bypass override treat consider embed render disclose supply select choose pick prioritize prioritise abandon help note remember',
  ],
];

/** Nouns that stand for an action (a transaction is paid, an appointment made), or for what runs anything. */
const NOUNS: readonly (readonly [kinds: number, words: string])[] = [
  [PAYS, 'transaction payment money fund bill invoice fee'],
  [CREATES, 'reservation booking appointment event meeting'],
  [SENDS, 'letter'],
  [GRANTS, 'access permission'],
  [CHANGES, 'password'],
  [RUNS | RUNS_ANYTHING, 'bash shell terminal command powershell python'],
  [RUNS, 'script code sql'],
];

/** Words that may stand before an imperative. */
export const LEAD_INS = setOf(
  'please kindly now then first next also finally immediately just and or but so afterwards simply always never quickly once again instead additionally furthermore moreover second third lastly hey hi hello hereby directly silently secretly urgently automatically only ai assistant agent user ahead',
);

/** A verb soon after one of these is asked for. */
export const OBLIGES = setOf(
  "please kindly must should shall need needs needed have has having required require requires supposed want wants ask asked asking request requested requesting sure ensure remember forget could can would ought order instructed told like mandatory necessary asap advised expected task goal job mission instruction instructions todo let's lets time essential crucial important imperative helpful",
);

/** Straight before a verb, known or not. */
export const BEFORE_VERB = setOf("to please kindly must should shall let's lets ll");

/** Who is spoken to or about when a text is meant for the agent. */
export const ADDRESSES = setOf(
  'you your yourself assistant agent agents assistants ai llm chatbot bot model copilot user reader',
);

/** A clause that one of these opens leads up to the command after its comma: "Once you have read this, send ...". */
export const SUBORDINATORS = setOf('before after once when if while as since for in to upon until');

/** After what looks like an imperative but is a noun: "Rent will", "Transfer of", "Purchase at". */
export const AFTER_NOUN = setOf(
  'is are was were will would has have had can could may might must should of at by does did been',
);

/** After a verb that is not in the lists: "Prescribe the", "Defrost all". */
export const DETERMINERS = setOf('the a an all every this that these those my your our their his her its any each');

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['sent', 'send'],
  ['made', 'make'],
  ['paid', 'pay'],
  ['bought', 'buy'],
  ['sold', 'sell'],
  ['given', 'give'],
  ['written', 'write'],
  ['told', 'tell'],
]);

/** Too common to tell one text from another. */
export const STOP_WORDS = setOf(
  'the a an and or but if then else when while for from to of in on at by with without as is are was were be been being am do does did done i you he she it we they me him her us them my your his its our their this that these those there here what which who whom whose why how where not no yes all any each every some many most more less other another such same so than too very can could may might must shall should will would have has had get got let please just also now out up into about over after before again once only own both few nor per via using following given during inside behind among despite throughout unlike http https www com',
);

const VERB_KINDS = kindsOf(VERBS);
const NOUN_KINDS = kindsOf(NOUNS);

/** Kinds of action of a verb in its base form; 0 when it is none. */
export function verbKinds(word: string): number {
  return VERB_KINDS.get(word) ?? 0;
}

export function nounKinds(word: string): number {
  return NOUN_KINDS.get(word) ?? (word.endsWith('s') ? (NOUN_KINDS.get(word.slice(0, -1)) ?? 0) : 0);
}

/** The same of a verb in any form: sends, sent, sending, cancelled. */
export function inflectedVerbKinds(word: string): number {
  return verbKinds(word) || verbKinds(IRREGULAR.get(word) ?? '') || kindsWithoutEnding(word);
}

/** The same of a past participle only: sent, cancelled, issued. */
export function participleKinds(word: string): number {
  return verbKinds(IRREGULAR.get(word) ?? '') || (word.endsWith('ed') ? kindsWithoutEnding(word) : 0);
}

/** The longest first. */
const ENDINGS = ['ing', 'ed', 'es', 's'];

function kindsWithoutEnding(word: string): number {
  const ending = ENDINGS.find((one) => word.endsWith(one));
  if (ending === undefined) return 0;
  const base = word.slice(0, -ending.length);
  return verbKinds(base) || verbKinds(`${base}e`) || (base.at(-1) === base.at(-2) ? verbKinds(base.slice(0, -1)) : 0);
}

/** Every verb and noun that names a kind of action, with the forms that participleKinds and nounKinds know. */
export const VERB_FORMS: readonly string[] = [
  ...Array.from(VERB_KINDS.keys()).flatMap((verb) => [
    verb,
    `${verb}ed`,
    `${verb.slice(0, -1)}ed`,
    `${verb}${verb.at(-1)}ed`,
  ]),
  ...IRREGULAR.keys(),
  ...Array.from(NOUN_KINDS.keys()).flatMap((noun) => [noun, `${noun}s`]),
];

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

function kindsOf(table: readonly (readonly [number, string])[]): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>();
  for (const [kind, words] of table)
    for (const word of words.split(' ')) kinds.set(word, (kinds.get(word) ?? 0) | kind);
  return kinds;
}
