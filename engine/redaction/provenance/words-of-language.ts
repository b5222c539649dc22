/**
 * The grammar that telling instructions from data takes, English: which verbs act and how, what obliges, what fills. General
 * language, no product's or attack's own words; the kinds are coarse because wording differs between a text and a tool's name.
 */

/** Kinds of action, as bits. `add` may share or create, `reset` update: a word can have several. */
export const SENDS = 1;
export const PAYS = 2;
export const CREATES = 4;
export const DELETES = 8;
export const CHANGES = 16;
export const GRANTS = 32;
export const RUNS = 64;
export const PUBLISHES = 128;
/** Brings something in; changes nothing. */
export const READS = 256;
/** Anything else that one can be told to do: include, ignore, say. */
export const OTHER_VERB = 512;

/** What an acting call can be asked for by; reading and the rest are not. */
export const ACTING = SENDS | PAYS | CREATES | DELETES | CHANGES | GRANTS | RUNS | PUBLISHES;

const VERBS: readonly (readonly [kinds: number, words: string])[] = [
  [
    SENDS,
    'send email e-mail mail message text forward reply respond notify inform tell dm contact deliver dispatch write resend relay transmit pass ping fax call leak exfiltrate',
  ],
  [
    PAYS,
    'pay transfer wire remit buy purchase order donate refund reimburse deposit withdraw repay tip settle charge invest sell trade',
  ],
  [
    CREATES,
    'create make add schedule book reserve set setup register insert append open arrange plan organize organise generate draft save store compose put place enter log record prepare block plan write rent hire request file upload copy attach subscribe sign issue raise append mark remember',
  ],
  [
    DELETES,
    'delete remove erase wipe drop cancel purge clear destroy uninstall unsubscribe discard terminate revoke close trash empty kick ban archive reject decline deactivate stop kill void unset format shred',
  ],
  [
    CHANGES,
    'update change modify edit set reset replace rename move reschedule alter adjust correct switch rewrite redirect swap convert increase decrease raise lower extend shift rotate overwrite amend patch enable disable turn configure adapt postpone merge assign mark reassign upgrade downgrade unlock lock',
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
    'post publish tweet comment announce upload push broadcast submit share review rate release advertise list',
  ],
  [
    READS,
    'get read fetch list search find look lookup retrieve view show check query browse visit open go navigate see scan inspect load count describe examine access click collect gather extract obtain locate analyze analyse summarize summarise review verify compare monitor watch explore recall parse ask',
  ],
  [
    OTHER_VERB,
    'use include ignore disregard forget say print output reveal display provide follow complete perform do ensure keep repeat act pretend recommend suggest mention answer call solve conclude begin continue proceed take return append state quote translate encode decode hide skip avoid bypass override treat consider visit insert embed render disclose supply select choose pick prioritize prioritise abandon help',
  ],
];

/** Words that may stand before an imperative, or between what obliges and its verb. */
export const LEAD_INS = setOf(
  'please kindly now then first next also finally immediately just and or but so afterwards before after simply always never quickly once again instead additionally furthermore moreover second third lastly additionally hey hi hello hereby directly silently secretly urgently automatically only ai assistant agent',
);
/** A verb soon after one of these is asked for. */
export const OBLIGES = setOf(
  'please kindly must should shall need needs needed have has required require requires supposed want wants ask asked asking request requested requesting sure ensure remember forget could can would will ought order instructed told like going mandatory necessary asap advised expected task goal job mission instruction instructions action todo',
);
/** Who is spoken to or about when a text is meant for the agent. */
export const ADDRESSES = setOf(
  'you your yourself assistant agent agents assistants ai llm chatbot bot model copilot user',
);

/** Nouns that stand for an action: a transaction is paid, an appointment made. */
const NOUNS: readonly (readonly [kinds: number, words: string])[] = [
  [PAYS, 'transaction payment money funds bill invoice fee refund purchase'],
  [CREATES, 'reservation booking appointment event meeting'],
  [SENDS, 'email message mail letter reply'],
  [GRANTS, 'access permission permissions'],
  [CHANGES, 'password'],
];

export const VERB_KINDS: ReadonlyMap<string, number> = kindsOf(VERBS);
export const NOUN_KINDS: ReadonlyMap<string, number> = kindsOf(NOUNS);

/** Too common to tell one text from another. */
export const STOP_WORDS = setOf(
  'the a an and or but if then else when while for from to of in on at by with without as is are was were be been being am do does did done i you he she it we they me him her us them my your his its our their this that these those there here what which who whom whose why how where not no yes all any each every some many most more less other another such same so than too very can could may might must shall should will would have has had get got let please just also now out up into about over after before again once only own both few nor per via using following given',
);

function setOf(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

function kindsOf(table: readonly (readonly [number, string])[]): ReadonlyMap<string, number> {
  const kinds = new Map<string, number>();
  for (const [kind, words] of table)
    for (const word of words.split(' ')) kinds.set(word, (kinds.get(word) ?? 0) | kind);
  return kinds;
}
