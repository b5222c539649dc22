/** Longest part of a prompt that is stripped; the rest is taken as it is. Bounds the time that a hostile prompt costs. */
const STRIPPED_LENGTH = 1_000_000;
/** Most lines of a block and most characters of a line that are taken for a description of the machine. */
const BLOCK_LINES = 400;
const LINE_LENGTH = 500;

/** Lines in which AI coding tools tell the model where it runs, up to the colon. */
const SITUATION =
  /^\W{0,8}(?:x-anthropic-billing-header|(?:primary |additional )?working director(?:y|ies)|is (?:the )?(?:directory )?a git repo(?:sitory)?|platform|os version|shell|current branch|main branch(?: \([^)\n]{0,80}\))?|git user)\s{0,3}:/i;

const GIT_SECTION = /^\W{0,8}git ?status\s{0,3}:/i;
/** Lists inside that section; each ends with an empty line. */
const GIT_LIST = /^\W{0,8}(?:status|recent commits)\s{0,3}:/i;

/** Elements that coding tools fill with a description of the machine, each tag on a line of its own. */
const ELEMENT_START = /^\s{0,8}<(env|environment_context|git_status|user_info|project_layout)>\s{0,8}$/i;

/** A word with a digit in it: what stands before its core (brackets, quotes, `date=`), the core, and what follows. */
const WORD_PARTS = /^((?:[("'`[<{*]|[A-Za-z_]{1,40}[=:](?!\/\/)){0,6})(.*?)([.,;:!?)"'`\]>}*]{0,6})$/;

/** Cores that differ from run to run. All are anchored at both ends and have nothing to try twice. */
const VOLATILE_CORES: readonly RegExp[] = [
  /^\d{1,4}([-/.])\d{1,2}\1\d{1,4}(?:T[\d:.,]{2,18}(?:Z|[+-]\d{2}:?\d{2})?)?$/i, // dates, with or without a time
  /^\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2}|[ap]m)?$/i, // times
  /^\d{1,2}(?:st|nd|rd|th)$/i,
  /^1[5-9]\d{8}(?:\d{3})?(?:\.\d{1,9})?$/, // seconds or milliseconds since 1970
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, // uuids
  /^(?:0x)?(?=[\d-]{0,128}[a-f])[0-9a-f-]{8,128}$/i, // hex; digits alone may be a phone, card or account number
];

/** Made-up identifiers: long, letters and at least three digits. An IBAN is upper-case throughout and stays. */
const IDENTIFIER = /^(?=[\d_-]{0,256}[A-Za-z])[A-Za-z\d_-]{12,256}$/;
const ACCOUNT = /^[A-Z]{2}\d{2}[A-Z\d]{8,30}$/;

/** The name of whoever runs the agent, in paths. What follows stays: a path in a prompt can be an instruction. */
const HOME = /((?:\/(?:home|Users)\/|\b[A-Z]:\\Users\\))[^\s/\\"'`)<>]{1,64}/g;

const MONTHS =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';
const MONTH = new RegExp(`^\\W?${MONTHS}\\W{0,2}$`);
/** Names that are part of a date when they stand beside something that was stripped. Whole words: "monthly 100" is a limit. */
const DATE_NAME = new RegExp(
  `^\\W?(?:${MONTHS}|Mon|Tues?|Wed|Thu|Fri|Sat|Sun|[AaPp]\\.?[Mm]|UTC|GMT|CES?T|[ECMP][SD]T)\\W{0,2}$`,
);
/** A number is a day beside a month's name, a year there or behind something stripped; else it is part of the instructions. */
const DAY = /^(?:0?[1-9]|[12]\d|3[01])$/;
const YEAR = /^(?:19|20)\d{2}$/;
const WEEKDAYS = /(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b/g;
const LONGEST_WORD = 300;

/** Stands where something was stripped; several in a row are one. */
const MARK = '\u2400';
const MARKS = /\u2400(?:[ ,]{1,2}\u2400)+/g;

/**
 * The prompt without what changes from run to run: dates and times, ids, user names in paths, billing headers, and the
 * lines and blocks in which AI coding tools describe machine and repository. White space is collapsed. Two prompts that differ
 * only there come out the same. Every other number, address, URL and account number is left: to raise a limit from 100 to
 * 10000 is to change the instructions.
 */
export function stripVolatile(prompt: string): string {
  const text = withoutSituation(prompt.slice(0, STRIPPED_LENGTH))
    .replace(HOME, `$1${MARK}`)
    .replace(WEEKDAYS, MARK)
    .replace(/\s{2,}|[^\S ]/g, ' ');
  return stripWords(text).replace(MARKS, MARK).trim() + prompt.slice(STRIPPED_LENGTH);
}

/** Goes from digit to digit: words without one are only looked at when they stand beside a stripped one. */
function stripWords(text: string): string {
  const digit = /\d/g;
  let stripped = '';
  let done = 0;
  for (let found = digit.exec(text); found !== null; found = digit.exec(text)) {
    let start = wordStart(text, found.index);
    let end = wordEnd(text, found.index);
    digit.lastIndex = end;
    if (end - start > LONGEST_WORD) continue;
    let word = text.slice(start, end);
    const parts = WORD_PARTS.exec(word);
    if (parts === null) continue;
    if (!isVolatile(parts[2]!) && !isPartOfDate(parts[2]!, text, start, end, done)) continue;
    word = `${parts[1]}${MARK}${parts[3]}`;
    while (start - 1 > done && DATE_NAME.test(text.slice(wordStart(text, start - 2), start - 1))) {
      start = wordStart(text, start - 2);
    }
    while (end < text.length && DATE_NAME.test(text.slice(end + 1, wordEnd(text, end + 1))))
      end = wordEnd(text, end + 1);
    stripped += text.slice(done, start) + word;
    done = end;
    digit.lastIndex = end;
  }
  return stripped + text.slice(done);
}

function isPartOfDate(core: string, text: string, start: number, end: number, done: number): boolean {
  if (YEAR.test(core) && done > 0 && done === start - 1) return true;
  if (!YEAR.test(core) && !DAY.test(core)) return false;
  return (
    MONTH.test(text.slice(end + 1, wordEnd(text, end + 1))) ||
    (start > 1 && MONTH.test(text.slice(wordStart(text, start - 2), start - 1)))
  );
}

function wordStart(text: string, at: number): number {
  return at < 0 ? 0 : text.lastIndexOf(' ', at) + 1;
}

function wordEnd(text: string, at: number): number {
  const end = text.indexOf(' ', at);
  return end === -1 ? text.length : end;
}

function isVolatile(core: string): boolean {
  if (VOLATILE_CORES.some((pattern) => pattern.test(core))) return true;
  return IDENTIFIER.test(core) && !ACCOUNT.test(core) && core.replace(/\D/g, '').length >= 3;
}

function withoutSituation(text: string): string {
  const lines = text.split('\n');
  const kept: string[] = [];
  let inGitSection = false;
  // A block that does not end is no block, and no other is looked for: a prompt full of them would take for ever.
  let blocksEnd = true;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const end: number = blocksEnd ? endOfBlock(lines, at, inGitSection) : NO_BLOCK;
    blocksEnd &&= end !== ENDLESS;
    inGitSection ||= GIT_SECTION.test(line);
    if (end >= 0) at = end;
    else if (line.length > LINE_LENGTH || !SITUATION.test(line)) kept.push(line);
  }
  return kept.join('\n');
}

const NO_BLOCK = -1;
const ENDLESS = -2;

/** Index of the last line of the block that a line starts, NO_BLOCK or ENDLESS. */
function endOfBlock(lines: readonly string[], start: number, inGitSection: boolean): number {
  const line = lines[start]!;
  if (line.length > LINE_LENGTH) return NO_BLOCK;
  const element = ELEMENT_START.exec(line);
  if (element === null && !(inGitSection && GIT_LIST.test(line))) return NO_BLOCK;
  const lastLine = element === null ? '' : `</${element[1]!.toLowerCase()}>`;
  const last = Math.min(lines.length, start + BLOCK_LINES);
  for (let at = start + 1; at < last; at++) if (lines[at]!.trim().toLowerCase() === lastLine) return at;
  return ENDLESS;
}
