import { KEY_QUALIFIERS, type NameJudge } from '../judge-name.ts';
import { isPlausibleSecret, isUnmistakable, type ValueStyle } from '../plausible-secret.ts';
import type { Finder } from '../redaction-rule.ts';
import type { SensitiveName } from '../sensitive-names.ts';
import { isAlphanumeric, isUpper } from './ascii.ts';
import { isIdentifier } from './identifier.ts';
import { createNearbyValues, type NearbyValues } from './nearby-value.ts';

const MAX_NAME = 64;
const MAX_GAP = 24;
/** Longest value between quotes in free text. */
const MAX_VALUE = 2048;
/** Values of one run without a blank (`a=b=c`) that are judged; after so many that are none, the rest of the run is taken. */
const MAX_IN_RUN = 64;
/** A value is judged by its beginning. */
const MAX_JUDGED = 160;

/**
 * Values under telling names in text that is not JSON as a whole: `password=...`, `"api_key": "..."`, `export TOKEN=...`,
 * `--secret ...`, `?access_token=...`, `Cookie: ...`, `<password>...</password>`, `my password is ...`. Called at a stem of such
 * a name; grows the name, looks for an operator, takes the value as its quoting and context say.
 */
export function assignedValueFinder(judge: NameJudge): Finder {
  const runs = createRuns();
  const nearby = createNearbyValues();
  return (text, at, end, from, to, found) => {
    let nameEnd = end;
    const nameLimit = Math.min(to, end + MAX_NAME);
    while (nameEnd < nameLimit && isNamePart(text.charCodeAt(nameEnd))) nameEnd++;
    found.resume = nameEnd;
    while (nameEnd > end && !isAlphanumeric(text.charCodeAt(nameEnd - 1))) nameEnd--;
    const operator = readOperator(text, nameEnd, to);
    if (operator === undefined) return false;
    let nameStart = at;
    const lowest = Math.max(from, at - MAX_NAME);
    while (nameStart > lowest && isNamePart(text.charCodeAt(nameStart - 1))) nameStart--;
    if (isPathPart(text, nameStart, from)) return false;
    const flag = text.startsWith('--', nameStart);
    const alone = operator.kind === 'blank' && !flag;
    if (alone && !mayFollow(text, nameStart, nameEnd, to, nearby, found.scan)) return false;
    const written = qualified(text, nameStart, nameEnd, from);
    const name = judge(written);
    if (name === undefined) {
      found.untelling = true;
      return false;
    }
    const value = alone
      ? readAfterBlank(text, nameStart, nameEnd, to, name, nearby, found.scan)
      : readValue(text, nameStart, operator, to, flag, name, runs, found.scan);
    if (value === undefined || !narrowToCredential(text, value, name.kind)) return false;
    if (isOneTooMany(runs.bare, value, found.scan) || isOneTooMany(runs.query, value, found.scan)) {
      found.start = value.start;
      found.end = value.end;
      return true;
    }
    const beginning = text.slice(value.start, Math.min(value.end, value.start + MAX_JUDGED));
    // "--username and --password options": prose
    if ((operator.kind === 'blank' || operator.kind === 'prose') && flag && /^[A-Za-z-]+[.,]?$/.test(beginning))
      return false;
    if (!isPlausibleSecret(beginning, name, value.style) || repeatsName(written, beginning)) return false;
    // a list of names
    if (operator.kind === 'comma' && (name.value === 'random' || name.value === 'opaque')) return false;
    // a union of types
    if (text[operator.end - 1] === '|' || text[operator.end - 2] === '|') {
      if (isIdentifier(beginning)) return false;
    }
    // setPassword("..."): other calls take names, labels and messages
    if (text[operator.end - 1] === '(' && !/^(?=.*\d.*\d)\S{8,}$/.test(beginning)) return false;
    found.start = value.start;
    found.end = value.end;
    found.kind = name.kind;
    found.class = name.class;
    return true;
  };
}

const SCHEME = /(?:Bearer|Basic|Token|ApiKey|Api-Key|Digest|Negotiate|SharedKey|AWS4-HMAC-SHA256|Bot|Key)[ \t]{1,4}/iy;

/** Letters, digits, `_`, `-`, `.`. */
function isNamePart(code: number): boolean {
  return isAlphanumeric(code) || code === 95 || code === 45 || code === 46;
}

interface Operator {
  /**
   * `tag` is the `>` of an XML element, `prose` the word "is", `pair` what leads from a name to the value beside it
   * (`name: X, value: V`), `blank` none of them.
   */
  readonly kind: 'sign' | 'tag' | 'prose' | 'blank' | 'comma' | 'pair';
  readonly end: number;
}

// `"`, `\"`, `']`, `)` close the name; then an operator that assigns (not ==, ===, !=, ::) and a blank or two. A type between `:`
// and `=` belongs to it: `password: str = "..."`.
const OPERATOR =
  /(?:\\{0,3}["'`]){0,1}\]?[ \t]{0,16}(?:(:=|=>|:(?:[ \t]{0,4}(?:str|String|string|Optional\[str\]|&(?:'static )?str)[ \t]{0,4}=(?!=))?(?!:)|=(?![=>~])|\?=|(?<=[ \t])\|(?=[ \t])|\((?=["'`]))|(>)|(,)|[ \t](is|was)[ \t:])[ \t]{0,16}|[ \t"'`\r\n}]/y;
/** From the name to the value where both have a key of their own: `name: TOKEN\n  value: V`, `key="Token" value="V"`. */
const PAIR =
  /\\{0,3}["'`]?[ \t]{0,4},?[ \t]{0,4}\{?[ \t]{0,4}(?:\r?\n)?[ \t]{0,24}\\{0,3}["'`]?(?:[Vv]alue|default|content|contents|plaintext)\\{0,3}["'`]?[ \t]{0,8}[:=]>?[ \t]{0,8}/y;
const SIGNS = ['sign', 'tag', 'comma', 'prose'] as const;

function readOperator(text: string, at: number, to: number): Operator | undefined {
  // most names in prose are followed by a letter or a full stop: do not start the pattern for those
  const next = text.charCodeAt(at);
  if (at >= to || isAlphanumeric(next) || next === 46) return undefined;
  OPERATOR.lastIndex = at;
  const match = OPERATOR.exec(text);
  if (match === null || OPERATOR.lastIndex >= to || match[0].length > MAX_GAP * 2) return undefined;
  const end = OPERATOR.lastIndex;
  const sign = SIGNS.find((_kind, index) => match[index + 1] !== undefined);
  if (sign !== undefined && sign !== 'comma') return { kind: sign, end };
  // add('password', 'x'), not f(password, 'base64')
  const comma = sign === 'comma' && /["'`]/.test(match[0][0]!);
  PAIR.lastIndex = at;
  if (mayBePair(text, at, to) && PAIR.test(text) && PAIR.lastIndex < to) return { kind: 'pair', end: PAIR.lastIndex };
  return { kind: comma ? 'comma' : 'blank', end };
}

const PAIR_REACH = 48;
const PAIR_LETTERS = 'vVdcp';

/** The next word begins like one of those that PAIR knows. */
function mayBePair(text: string, at: number, to: number): boolean {
  const limit = Math.min(to, at + PAIR_REACH);
  let index = at;
  while (index < limit && !isAlphanumeric(text.charCodeAt(index))) index++;
  return index < limit && PAIR_LETTERS.includes(text[index]!);
}

/** `a:secret:b`, `AWS::Service::ApiKey`: a part of a longer name. */
function isPathPart(text: string, nameStart: number, from: number): boolean {
  if (nameStart - 2 < from || text[nameStart - 1] !== ':' || !/[\w:]/.test(text[nameStart - 2]!)) return false;
  return !/\$env:$/i.test(text.slice(Math.max(from, nameStart - 5), nameStart));
}

/** The name with the word before it that belongs to it: "api key", "client secret". */
function qualified(text: string, nameStart: number, nameEnd: number, from: number): string {
  const written = text.slice(nameStart, nameEnd);
  if (text[nameStart - 1] !== ' ' || written.length > 12) return written;
  const before = /[A-Za-z]{3,12}(?= $)/.exec(text.slice(Math.max(from, nameStart - 13), nameStart))?.[0];
  return before !== undefined && KEY_QUALIFIERS.test(before) ? `${before}_${written}` : written;
}

function withDigit(text: string, value: Value): Value | undefined {
  return /\d/.test(text.slice(value.start, value.end)) ? value : undefined;
}

/** `machine host login name password V` of .netrc. */
const NETRC_REACH = 80;
const NETRC_USER = /(?:^|\s)login\s{1,4}\S{1,64}\s{1,4}$/;
const QUOTED_NEXT = /[ \t]{1,2}(["'`])(?=\S)/y;
/** "password for staging: V", "token of the bot is V". */
const PURPOSE = /[ \t](?:for|of|to|on)(?:[ \t][\w.@-]{1,32}){1,4}(?::|[ \t]is|[ \t]=)[ \t]{1,4}["'`]?/y;
/** As prose writes it; `accessToken, secretKey` is a list in code. */
const PROSE_NAME = /^[A-Za-z]?[a-z]{1,20}(?:-[a-z]{1,20}){0,2}$|^[A-Z]{3,20}$/;
const PURPOSE_WORD = /[ \t](?:for|of|to|on)[ \t]/y;
const WORD = /[^\s"'`<>]{4,512}/y;
const COMMAND = /(?:^|[\r\n])[ \t]{0,8}(?:ENV|ARG|setenv|setx|env)[ \t]{1,4}$/;

/** Before anything costs: a quote, "for ...", a command's name, .netrc's login or a run as long as a key stands by the name. */
function mayFollow(
  text: string,
  nameStart: number,
  nameEnd: number,
  to: number,
  nearby: NearbyValues,
  scan: number,
): boolean {
  if (isUpper(text.charCodeAt(nameStart)) && text.charCodeAt(nameEnd) === 32) return true;
  if ('"\'`'.includes(text[nameEnd + 1] ?? ' ')) return true;
  PURPOSE_WORD.lastIndex = nameEnd;
  if (PURPOSE_WORD.test(text)) return true;
  if (text[nameStart] === 'p' && text.slice(Math.max(0, nameStart - NETRC_REACH), nameStart).includes('login'))
    return true;
  return nearby.ahead(text, nameEnd, to, scan);
}

/** What follows a name without an operator: a Dockerfile's `ENV NAME value`, or in prose what can only be a key. */
function readAfterBlank(
  text: string,
  nameStart: number,
  nameEnd: number,
  to: number,
  name: SensitiveName,
  nearby: NearbyValues,
  scan: number,
): Value | undefined {
  const blank = text.charCodeAt(nameEnd);
  if (
    blank === 32 &&
    isUpper(text.charCodeAt(nameStart)) &&
    COMMAND.test(text.slice(Math.max(0, nameStart - 24), nameStart))
  )
    return unquoted(text, LINE, nameEnd + 1, to, 'setting');
  if (
    blank === 32 &&
    name.value === 'human' &&
    NETRC_USER.test(text.slice(Math.max(0, nameStart - NETRC_REACH), nameStart))
  )
    return withDigit(text, unquoted(text, WORD, nameEnd + 1, to, 'setting'));
  QUOTED_NEXT.lastIndex = nameEnd;
  const quote = QUOTED_NEXT.exec(text);
  if (quote !== null && QUOTED_NEXT.lastIndex < to) {
    const value = quotedValue(text, QUOTED_NEXT.lastIndex, quote[1]!, to, false);
    return /\d/.test(text.slice(value.start, value.end)) && value.end - value.start >= 8 ? value : undefined;
  }
  PURPOSE.lastIndex = nameEnd;
  if (!(name.value instanceof RegExp) && PURPOSE.test(text) && PURPOSE.lastIndex < to) {
    const value = withDigit(text, unquoted(text, WORD, PURPOSE.lastIndex, to, 'bare'));
    if (value !== undefined) return value;
  }
  if (!nearby.ahead(text, nameEnd, to, scan) || !PROSE_NAME.test(text.slice(nameStart, nameEnd))) return undefined;
  const value = nearby.find(text, nameEnd, to, (candidate) => isUnmistakable(candidate, name));
  return value === undefined ? undefined : { ...value, style: 'setting' };
}

interface Value {
  start: number;
  end: number;
  style: ValueStyle;
}

const QUOTED = /[bruf]{0,2}(\\{0,3})("""|'''|["'`])/y;
/** A value without quotes: a run up to a blank, a mark or the next field of a form; remembered, because many names may stand in one run. */
interface Run {
  readonly pattern: RegExp;
  scan: number;
  start: number;
  end: number;
  /** Values in it that were judged. */
  judged: number;
}

interface Runs {
  readonly bare: Run;
  readonly query: Run;
  readonly line: Run;
  readonly connection: Run;
  readonly header: Run;
}

function createRuns(): Runs {
  const run = (pattern: RegExp): Run => ({ pattern, scan: 0, start: 0, end: 0, judged: 0 });
  return {
    bare: run(/(?:[^\s,;"'`<>\\&]|&(?![\w.-]{1,40}=))*/y),
    query: run(/[^\s&#"'<>`\\]*/y),
    line: run(/[^\r\n]*/y),
    connection: run(/[^;\r\n"'`\\]*/y),
    header: run(/[^\r\n"'`\\]*/y),
  };
}

/** Counts a value as one of its run's. */
function isOneTooMany(run: Run, value: Value, scan: number): boolean {
  const within = run.scan === scan && value.end === run.end && value.start >= run.start;
  return within && ++run.judged > MAX_IN_RUN;
}

function endOfRun(run: Run, text: string, at: number, scan: number): number {
  if (run.scan === scan && at >= run.start && at <= run.end) return run.end;
  run.pattern.lastIndex = at;
  run.pattern.test(text);
  run.scan = scan;
  run.start = at;
  run.end = run.pattern.lastIndex;
  run.judged = 0;
  return run.end;
}

/** A block scalar of YAML. */
const BLOCK = /[|>][+-]?[ \t]{0,4}(?:\r?\n|\\n)[ \t]{1,32}(?=\S)/y;
const LINE = /[^\r\n]{1,2048}/y;
const TAG_VALUE = /[^<>\n]{1,512}(?=<\/)/y;

function readValue(
  text: string,
  nameStart: number,
  operator: Operator,
  to: number,
  flag: boolean,
  name: SensitiveName,
  runs: Runs,
  scan: number,
): Value {
  const at = operator.end;
  const inRun = (run: Run, style: ValueStyle): Value => ({
    start: at,
    end: Math.min(endOfRun(run, text, at, scan), to),
    style,
  });
  const inShortRun = (run: Run, style: ValueStyle): Value => ({
    start: at,
    end: Math.min(endOfRun(run, text, at, scan), to, at + MAX_VALUE),
    style,
  });
  if (operator.kind === 'tag') return unquoted(text, TAG_VALUE, at, to, 'setting');
  BLOCK.lastIndex = at;
  if ((text[at] === '|' || text[at] === '>') && BLOCK.test(text) && BLOCK.lastIndex < to) {
    return unquoted(text, WORD, BLOCK.lastIndex, to, 'setting');
  }
  QUOTED.lastIndex = at;
  const open = QUOTED.exec(text);
  if (open !== null && QUOTED.lastIndex < to) return quotedValue(text, QUOTED.lastIndex, open[1]! + open[2]!, to, flag);
  if (operator.kind === 'comma') return { start: at, end: at, style: 'bare' };
  if (name.value === 'header') return inShortRun(runs.header, 'quoted');
  if (flag) return inRun(runs.bare, 'setting');
  if (operator.kind === 'sign' && text[operator.end - 1] === '=') {
    const before = nameStart > 0 ? text[nameStart - 1]! : '\n';
    if (isEnvironmentLine(text, nameStart, at)) return withoutComment(text, inShortRun(runs.line, 'setting'));
    if (before === '?' || before === '&') return inRun(runs.query, 'setting');
    if (before === ';') return inShortRun(runs.connection, 'setting');
  }
  const run = inRun(runs.bare, 'bare');
  // a line of its own: YAML, properties
  const atLineEnd = run.end >= to || text[run.end] === '\n' || text[run.end] === '\r';
  if (atLineEnd && isLineStart(text, nameStart)) run.style = 'quoted';
  return run;
}

function isLineStart(text: string, nameStart: number): boolean {
  let index = nameStart - 1;
  if (text[index] === '"' || text[index] === "'") index--;
  if (text[index] === ' ' && text[index - 1] === '-') index -= 2;
  for (const lowest = nameStart - 40; index >= lowest && (text[index] === ' ' || text[index] === '\t'); ) index--;
  return index < 0 || text[index] === '\n' || text[index] === '\r';
}

function unquoted(text: string, pattern: RegExp, at: number, to: number, style: ValueStyle): Value {
  pattern.lastIndex = at;
  return { start: at, end: pattern.test(text) ? Math.min(pattern.lastIndex, to) : at, style };
}

/** Up to the same quote with the same number of backslashes before it; to the line's end when it never closes. */
function quotedValue(text: string, start: number, quote: string, to: number, flag: boolean): Value {
  const limit = Math.min(to, start + MAX_VALUE);
  let end = text.slice(start, limit).search(quote.startsWith('\\') ? /\\{1,3}["'`]|[\r\n]/ : CLOSING[quote]!);
  if (end < 0) end = limit - start;
  return { start, end: start + end, style: flag ? 'setting' : 'quoted' };
}

/** An unescaped closing quote, or the end of the line. */
const CLOSING: Readonly<Record<string, RegExp>> = {
  '"': /(?<!\\)"|[\r\n]/,
  "'": /(?<!\\)'|[\r\n]/,
  '`': /(?<!\\)`|[\r\n]/,
  '"""': /"""/,
  "'''": /'''/,
};

/** `NAME=` or `export NAME=` at the start of a line, the name in capitals: everything to the line's end is the value. */
function isEnvironmentLine(text: string, nameStart: number, valueStart: number): boolean {
  if (text[valueStart - 1] !== '=' || !isUpper(text.charCodeAt(nameStart))) return false;
  const name = text.slice(nameStart, valueStart - 1);
  if (!/^[A-Z][A-Z0-9_]*$/.test(name)) return false;
  return (
    nameStart === 0 || /(?:^|[\r\n]|\\n)(?:export |set |ENV )?$/.test(text.slice(Math.max(0, nameStart - 8), nameStart))
  );
}

function withoutComment(text: string, value: Value): Value {
  const line = text.slice(value.start, value.end);
  const comment = line.search(/\s+#|\s+$|\\[nr]/);
  return comment < 0 ? value : { ...value, end: value.start + comment };
}

/**
 * Leaves the scheme of an authorization readable. Without a scheme, words with blanks between them are prose and brackets are code;
 * a cookie is name=value.
 */
function narrowToCredential(text: string, value: Value, kind: string): boolean {
  if (value.end <= value.start) return false;
  if (kind !== 'COOKIE' && kind !== 'AUTHORIZATION') return true;
  if (kind === 'COOKIE') {
    const beginning = text.slice(value.start, Math.min(value.end, value.start + MAX_JUDGED));
    return COOKIE_VALUE.test(beginning) && !CODE_MARK.test(beginning);
  }
  const header = text.slice(value.start, value.end);
  const start = credentialStart(text, value.start, value.end);
  if (/^https?:/.test(header)) return false;
  if (start === value.start && (/\s/.test(header) || !/\d/.test(header) || CODE_MARK.test(header))) return false;
  value.start = start;
  return true;
}

/** Some cookie is as long as a session's, or named like one. */
const COOKIE_VALUE =
  /=(?=[^;,\s]{0,64}\d)[^;,\s]{12}|(?:sid|sess|session|token|auth|jwt)=(?=[A-Za-z]{0,32}\d)[^;,\s]{4}/i;
const CODE_MARK = /[(){}[\]]/;

/** `password=password`, `TOKEN: "token"`, `authToken = authToken`: the value is the name, or the end of it. */
function repeatsName(name: string, value: string): boolean {
  const word = value.toLowerCase().replace(/[^a-z0-9]/g, '');
  return (
    word.length > 0 &&
    name
      .toLowerCase()
      .replace(/[^a-z0-9]/g, '')
      .endsWith(word)
  );
}

/** Where the credential begins in the value of an authorization header: after its scheme. */
export function credentialStart(text: string, start: number, end: number): number {
  SCHEME.lastIndex = start;
  return SCHEME.test(text) && SCHEME.lastIndex < end ? SCHEME.lastIndex : start;
}
