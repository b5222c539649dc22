import type { NameJudge } from '../judge-name.ts';
import { isPlausibleSecret, type ValueStyle } from '../plausible-secret.ts';
import type { Finder } from '../redaction-rule.ts';
import { isAlphanumeric, isUpper } from './ascii.ts';

const MAX_NAME = 64;
const MAX_GAP = 24;
/** Longest value between quotes in free text. */
const MAX_VALUE = 2048;
/** A value is judged by its beginning. */
const MAX_JUDGED = 160;

/**
 * Values under telling names in text that is not JSON as a whole: `password=...`, `"api_key": "..."`, `export TOKEN=...`,
 * `--secret ...`, `?access_token=...`, `Cookie: ...`, `<password>...</password>`, `my password is ...`. Called at a stem of such
 * a name; grows the name, looks for an operator, takes the value as its quoting and context say.
 */
export function assignedValueFinder(judge: NameJudge): Finder {
  const runs = createRuns();
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
    const flag = text.startsWith('--', nameStart);
    if (operator.kind === 'blank' && !flag) return false;
    const written = text.slice(nameStart, nameEnd);
    const name = judge(written);
    if (name === undefined) {
      found.untelling = true;
      return false;
    }
    const value = readValue(text, nameStart, operator, to, flag, name.value === 'header', runs, found.scan);
    if (!narrowToCredential(text, value, name.kind)) return false;
    const beginning = text.slice(value.start, Math.min(value.end, value.start + MAX_JUDGED));
    // "--username and --password options": prose
    if (operator.kind === 'blank' && /^[A-Za-z-]+[.,]?$/.test(beginning)) return false;
    if (!isPlausibleSecret(beginning, name, value.style) || repeatsName(written, beginning)) return false;
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
  /** `tag` is the `>` of an XML element, `prose` the word "is", `blank` only a blank (a flag's value). */
  readonly kind: 'sign' | 'tag' | 'prose' | 'blank' | 'comma';
  readonly end: number;
}

// `"`, `\"`, `']`, `)` close the name; then an operator that assigns (not ==, ===, !=, ::) and a blank or two. A type between `:`
// and `=` belongs to it: `password: str = "..."`.
const OPERATOR =
  /(?:\\{0,3}["'`]){0,1}\]?[ \t]{0,16}(?:(:=|=>|:(?:[ \t]{0,4}(?:str|String|string|Optional\[str\]|&str|&'static str)[ \t]{0,4}=(?!=))?(?!:)|=(?![=>~])|\?=)|(>)|(,)|[ \t](is|was)[ \t:])[ \t]{0,16}|[ \t]/y;

function readOperator(text: string, at: number, to: number): Operator | undefined {
  // most names in prose are followed by a letter or a full stop: do not start the pattern for those
  const next = text.charCodeAt(at);
  if (at >= to || isAlphanumeric(next) || next === 46 || next === 10 || next === 13) return undefined;
  OPERATOR.lastIndex = at;
  const match = OPERATOR.exec(text);
  if (match === null || OPERATOR.lastIndex >= to || match[0].length > MAX_GAP * 2) return undefined;
  const kind =
    match[1] !== undefined
      ? 'sign'
      : match[2] !== undefined
        ? 'tag'
        : match[3] !== undefined
          ? 'comma'
          : match[4] !== undefined
            ? 'prose'
            : 'blank';
  return { kind, end: OPERATOR.lastIndex };
}

interface Value {
  start: number;
  end: number;
  style: ValueStyle;
}

const QUOTED = /[bruf]{0,2}(\\{0,3})("""|'''|["'`])/y;
/** A value without quotes: a run up to a blank or a mark; remembered, because many names may stand in one run. */
interface Run {
  readonly pattern: RegExp;
  scan: number;
  start: number;
  end: number;
}

interface Runs {
  readonly bare: Run;
  readonly query: Run;
  readonly line: Run;
  readonly connection: Run;
  readonly header: Run;
}

function createRuns(): Runs {
  const run = (pattern: RegExp): Run => ({ pattern, scan: 0, start: 0, end: 0 });
  return {
    bare: run(/[^\s,;"'`<>\\]*/y),
    query: run(/[^\s&#"'<>`\\]*/y),
    line: run(/[^\r\n]*/y),
    connection: run(/[^;\r\n"'`\\]*/y),
    header: run(/[^\r\n"'`\\]*/y),
  };
}

function endOfRun(run: Run, text: string, at: number, scan: number): number {
  if (run.scan === scan && at >= run.start && at <= run.end) return run.end;
  run.pattern.lastIndex = at;
  run.pattern.test(text);
  run.scan = scan;
  run.start = at;
  run.end = run.pattern.lastIndex;
  return run.end;
}

const TAG_VALUE = /[^<>\n]{1,512}(?=<\/)/y;

function readValue(
  text: string,
  nameStart: number,
  operator: Operator,
  to: number,
  flag: boolean,
  header: boolean,
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
  QUOTED.lastIndex = at;
  const open = QUOTED.exec(text);
  if (open !== null && QUOTED.lastIndex < to) return quotedValue(text, QUOTED.lastIndex, open[1]! + open[2]!, to, flag);
  if (operator.kind === 'comma') return { start: at, end: at, style: 'bare' };
  if (header) return inShortRun(runs.header, 'quoted');
  if (flag) return inRun(runs.bare, 'setting');
  if (operator.kind === 'sign' && text[operator.end - 1] === '=') {
    const before = nameStart > 0 ? text[nameStart - 1]! : '\n';
    if (isEnvironmentLine(text, nameStart, at)) return withoutComment(text, inShortRun(runs.line, 'setting'));
    if (before === '?' || before === '&') return inRun(runs.query, 'setting');
    if (before === ';') return inShortRun(runs.connection, 'setting');
  }
  return inRun(runs.bare, 'bare');
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
  const header = text.slice(value.start, value.end);
  if (kind === 'COOKIE') return header.includes('=') && !CODE_MARK.test(header);
  const start = credentialStart(text, value.start, value.end);
  if (start === value.start && (/\s/.test(header) || !/\d/.test(header) || CODE_MARK.test(header))) return false;
  value.start = start;
  return true;
}

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
