import { isDigit } from './detect/ascii.ts';

/**
 * How well a token tells one text from another. Where a list overflows, the lower number stays.
 * 0 addresses, URLs, account-like numbers; 1 hosts, paths, ids; 2 quoted names and short JSON values; 3 names; 4 long words.
 */
export type Salience = 0 | 1 | 2 | 3 | 4;

export type TokenSink = (token: string, salience: Salience) => void;

const MAX_TOKEN = 256;
const MAX_QUOTED = 64;
const MAX_QUOTED_WORDS = 8;
const LONG_WORD = 12;

// Character classes, as bits: what a chunk is made of. DELIMITER ends a chunk.
const DELIMITER = 0;
const LOWER = 1;
const UPPER = 2;
const DIGIT = 4;
const AT = 8;
const DOT = 16;
const SLASH = 32;
const JOINER = 64;
const OTHER = 128;
const NON_ASCII = 256;
const COMMA = 512;

const classOf = new Uint16Array(128).fill(OTHER);
classOf.fill(DELIMITER, 0, 32);
classOf.fill(LOWER, 97, 123);
classOf.fill(UPPER, 65, 91);
classOf.fill(DIGIT, 48, 58);
for (const [characters, value] of [
  [' "\'`()[]{}<>;|*', DELIMITER],
  ['@', AT],
  ['.', DOT],
  ['/\\', SLASH],
  ['-_+', JOINER],
  [',', COMMA],
] as const) {
  for (const character of characters) classOf[character.charCodeAt(0)] = value;
}

function characterClass(code: number): number {
  return code < 128 ? classOf[code]! : wideClass(code);
}

function wideClass(code: number): number {
  // no-break and typographic blanks, quotes, CJK punctuation
  if (code === 0xa0 || (code >= 0x2000 && code <= 0x206f) || (code >= 0x3000 && code <= 0x303f)) return DELIMITER;
  return NON_ASCII;
}

/** The classes a chunk is made of, and above them its length. */
const LENGTH_SHIFT = 10;
const CLASSES = (1 << LENGTH_SHIFT) - 1;
const MAX_CHUNK = 1 << 20;

function readChunk(text: string, start: number): number {
  const limit = Math.min(text.length, start + MAX_CHUNK);
  let classes = 0;
  let index = start;
  for (; index < limit; index++) {
    const code = text.charCodeAt(index);
    const kind = code < 128 ? classOf[code]! : wideClass(code);
    if (kind === DELIMITER) break;
    // 12,500 goes on; a, b and 4,b do not
    if (kind === COMMA && !(isDigit(text.charCodeAt(index - 1)) && isDigit(text.charCodeAt(index + 1)))) break;
    classes |= kind;
  }
  return ((index - start) << LENGTH_SHIFT) | classes;
}

/**
 * The tokens of a text that can be followed from one span to another, normalised for case and surrounding punctuation. One pass;
 * plain words are skipped without being copied.
 */
export function salientTokens(text: string, sink: TokenSink): void {
  const runs: Runs = {
    number: '',
    numberChunks: 0,
    numberEnd: -2,
    name: '',
    nameWords: 0,
    nameEnd: -2,
    nameOpens: false,
  };
  const length = text.length;
  let sentenceStart = true;
  let index = 0;
  while (index < length) {
    const code = text.charCodeAt(index);
    if ((code < 128 ? classOf[code]! : wideClass(code)) === DELIMITER || code === 44) {
      if (code === 10) sentenceStart = true;
      else if (isOpeningQuote(code)) takeQuoted(text, index, code, sink);
      index = code === 91 ? takeRedacted(text, index, sink) : index + 1;
      continue;
    }
    const start = index;
    const seen = readChunk(text, start);
    index = start + (seen >>> LENGTH_SHIFT);
    const classes = seen & CLASSES;
    if (classes !== LOWER || index - start >= LONG_WORD)
      takeChunk(text, start, index, classes, runs, sentenceStart, sink);
    const last = text.charCodeAt(index - 1);
    sentenceStart = last === 46 || last === 58 || last === 33 || last === 63;
  }
  endNumber(runs, sink);
  endName(runs, sink);
}

const REDACTED = /\[[A-Z][A-Z0-9_]{1,39}:([0-9a-hjkmnp-tv-z]{4,24})\]/y;

/** A value that the sender redacted: its token's suffix is as telling as the value was, unless it is all zeros. */
function takeRedacted(text: string, at: number, sink: TokenSink): number {
  REDACTED.lastIndex = at;
  const match = REDACTED.exec(text);
  if (match === null) return at + 1;
  if (/[^0]/.test(match[1]!)) emit(`[${match[1]}]`, 0, sink);
  return REDACTED.lastIndex;
}

/**
 * Chunks that belong together with single blanks between them: groups of digits (a card, an account, a telephone number) and
 * capitalised words (a person, a company, a project).
 */
interface Runs {
  number: string;
  numberChunks: number;
  numberEnd: number;
  name: string;
  nameWords: number;
  nameEnd: number;
  nameOpens: boolean;
}

const YEAR_DATE_TIME =
  /^(?:(?:19|20)\d\d(?:[-./]\d{1,2}(?:[-./]\d{1,2})?)?|\d{1,2}[-./]\d{1,2}[-./]\d{2,4}|\d{1,2}:\d{2}(?::\d{2}.{0,20})?|\d{4}-\d\d-\d\dT.{0,20})$/;

function takeChunk(
  text: string,
  start: number,
  end: number,
  seen: number,
  runs: Runs,
  sentenceStart: boolean,
  sink: TokenSink,
): void {
  const chunkStart = start;
  while (end > start && isEdge(text.charCodeAt(end - 1))) end--;
  while (start < end && isEdge(text.charCodeAt(start))) start++;
  const length = end - start;
  if (length === 0 || length > 4096) return;
  if (
    (seen & ~(LOWER | UPPER | NON_ASCII | DOT | OTHER)) === 0 &&
    (seen & (DOT | OTHER)) !== 0 &&
    isWordOnly(text, start, end)
  ) {
    seen &= ~(DOT | OTHER);
  }
  if ((seen & ~(LOWER | UPPER | NON_ASCII)) === 0) {
    if ((seen & (UPPER | NON_ASCII)) !== 0)
      takeWord(text.slice(start, end), chunkStart, end, runs, sentenceStart, sink);
    else if (length >= LONG_WORD) emit(text.slice(start, end), 4, sink);
    return;
  }
  const chunk = text.slice(start, end);
  if ((seen & DIGIT) !== 0 && isNumberGroup(chunk, seen)) extendNumber(runs, chunk, chunkStart, end, sink);
  else takeStructured(chunk, seen, sink);
}

/** Nothing but letters: the chunk's punctuation was all at its edges. */
function isWordOnly(text: string, start: number, end: number): boolean {
  for (let index = start; index < end; index++) {
    if ((characterClass(text.charCodeAt(index)) & (DOT | OTHER)) !== 0) return false;
  }
  return true;
}

/** A word with a capital or a letter outside ASCII: of a name, or an identifier (sendMoney), or just grammar. */
function takeWord(word: string, start: number, end: number, runs: Runs, sentenceStart: boolean, sink: TokenSink): void {
  const lower = word.toLowerCase();
  const capitalised = word[0] !== lower[0];
  if (!capitalised) {
    if (word !== lower) emit(lower, 3, sink);
    else if (word.length >= 4) emit(lower, 4, sink);
    return;
  }
  if (start !== runs.nameEnd + 1 || runs.nameWords >= 4) endName(runs, sink);
  if (COMMON_WORDS.has(lower)) return;
  if (runs.nameWords === 0) runs.nameOpens = sentenceStart;
  runs.name = runs.nameWords === 0 ? lower : `${runs.name} ${lower}`;
  runs.nameWords++;
  runs.nameEnd = end;
}

/** A name of several words, or a capitalised word that does not open its sentence. */
function endName(runs: Runs, sink: TokenSink): void {
  if (runs.nameWords >= 2 || (runs.nameWords === 1 && !runs.nameOpens && runs.name.length >= 3))
    emit(runs.name, 3, sink);
  runs.nameWords = 0;
  runs.nameEnd = -2;
}

/** Digits with the punctuation of telephone numbers, or a group of an IBAN. */
function isNumberGroup(chunk: string, seen: number): boolean {
  if ((seen & ~(DIGIT | JOINER | DOT | OTHER | COMMA)) === 0) return chunk.length <= 20;
  return (seen & ~(DIGIT | UPPER)) === 0 && chunk.length <= 4;
}

function extendNumber(runs: Runs, chunk: string, start: number, end: number, sink: TokenSink): void {
  if (start !== runs.numberEnd + 1 || runs.numberChunks >= 10) endNumber(runs, sink);
  runs.number = runs.numberChunks === 0 ? chunk : `${runs.number} ${chunk}`;
  runs.numberChunks++;
  runs.numberEnd = end;
}

/** Groups that make a long number together are one token; else each is judged by itself. */
function endNumber(runs: Runs, sink: TokenSink): void {
  if (runs.numberChunks === 0) return;
  const chunks = runs.number.split(' ');
  runs.numberChunks = 0;
  runs.numberEnd = -2;
  if (chunks.length > 1 && !chunks.some((chunk) => YEAR_DATE_TIME.test(chunk))) {
    const together = chunks.join('').replace(/[^A-Z0-9]/g, '');
    if (together.length >= 7) {
      emit(together, 0, sink);
      return;
    }
  }
  for (const chunk of chunks) takeNumberOrId(chunk, sink);
}

/** A chunk with digits or punctuation inside: an address, a URL, a path, a host, an id. */
function takeStructured(chunk: string, seen: number, sink: TokenSink): void {
  const scheme = (seen & SLASH) === 0 ? 0 : chunk.indexOf('://');
  const at = (seen & AT) === 0 ? 0 : chunk.indexOf('@');
  const sign = (seen & OTHER) === 0 ? 0 : chunk.search(/[=:]/);
  if (scheme > 0) takeUrl(chunk, scheme, sink);
  else if ((seen & SLASH) !== 0 && !YEAR_DATE_TIME.test(chunk)) takePath(chunk, sink);
  else if (sign > 0 && sign < chunk.length - 2 && !(at > 0 && at < sign)) takeAssigned(chunk, sign, seen, sink);
  else if (at > 0 && chunk.indexOf('.', at) > at) emit(chunk, 0, sink);
  else if ((seen & DIGIT) !== 0) takeNumberOrId(chunk, sink);
  else if ((seen & DOT) !== 0 && HOST_OR_FILE.test(chunk)) emit(chunk, 1, sink);
  // new_password, Follow-Up; and-so-on tells nothing
  else if (((seen & UPPER) !== 0 || chunk.includes('_')) && HYPHENATED.test(chunk)) emit(chunk, 3, sink);
}

/** id=asst_62b, at:bob@example.com: what is named, not its name. */
function takeAssigned(chunk: string, sign: number, seen: number, sink: TokenSink): void {
  if (!YEAR_DATE_TIME.test(chunk)) takeStructured(chunk.slice(sign + 1), seen, sink);
}

const HOST_OR_FILE = /^[\p{L}\p{N}_-]{1,64}(?:\.[\p{L}\p{N}_-]{1,64}){1,8}$/u;
const HYPHENATED = /^[\p{L}\p{N}]{1,64}(?:[_-][\p{L}\p{N}]{1,64}){1,8}$/u;

function takeNumberOrId(chunk: string, sink: TokenSink): void {
  if (YEAR_DATE_TIME.test(chunk) || !/\d/.test(chunk)) return;
  if (/[A-Za-z\u0080-\uffff]/.test(chunk)) {
    if (chunk.length >= 3) emit(chunk, 1, sink);
    return;
  }
  const digits = chunk.replace(/\D/g, '');
  if (digits.length < 4) return;
  // 12,500.00 and 12500.00 and 12500 are one number; 123-456-7890 and 1234567890 are one too
  const fraction = /^\d[\d,]*\.\d{1,2}$/.test(chunk) ? chunk.length - chunk.lastIndexOf('.') - 1 : 0;
  const whole = digits.slice(0, digits.length - fraction);
  if (whole.length >= 3) emit(whole, whole.length >= 7 ? 0 : 1, sink);
}

function takeUrl(chunk: string, scheme: number, sink: TokenSink): void {
  const hostStart = scheme + 3;
  const rest = chunk.slice(hostStart);
  const hostLength = rest.search(/[/?#]/);
  const authority = hostLength < 0 ? rest : rest.slice(0, hostLength);
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  emit(chunk.replace(/\/$/, ''), 0, sink);
  emit(host.replace(/^www\./i, ''), 1, sink);
  if (hostLength < 0) return;
  // what the path and the query carry: data leaves in URLs
  for (const piece of rest.slice(hostLength + 1).split(/[/?#&=]+/, 32)) {
    if (piece.length >= 4 && /\d|@|%40|\w\.\w/.test(piece)) emit(decodePiece(piece), 1, sink);
  }
}

function decodePiece(piece: string): string {
  if (!piece.includes('%')) return piece;
  try {
    return decodeURIComponent(piece);
  } catch {
    return piece;
  }
}

function takePath(chunk: string, sink: TokenSink): void {
  const segments = chunk.split(/[/\\]+/, 64).filter((segment) => segment !== '');
  if (segments.length === 0) return;
  const rooted = /^(?:[/\\~.]|[A-Za-z]:)/.test(chunk);
  const last = segments[segments.length - 1]!;
  const file = /\.\w{1,8}$/.test(last);
  // and/or is no path
  if (!rooted && !file && !/[\d._-]/.test(chunk)) return;
  emit(chunk.replace(/\\/g, '/').replace(/\/$/, ''), 1, sink);
  if (file && segments.length > 1) emit(last, 1, sink);
  // example.com/path without a scheme
  if (!rooted && /^[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}$/i.test(segments[0]!))
    emit(segments[0]!.replace(/^www\./i, ''), 1, sink);
}

function isOpeningQuote(code: number): boolean {
  return code === 34 || code === 39 || code === 96 || code === 0x201c || code === 0x2018 || code === 0xab;
}

const CLOSING: Readonly<Record<number, string>> = { 34: '"', 39: "'", 96: '`', 8220: '”', 8216: '’', 171: '»' };

/** What stands between quotes, when it is short: a title, a name, an id. An apostrophe within a word opens nothing. */
function takeQuoted(text: string, open: number, code: number, sink: TokenSink): void {
  if (open > 0 && isWordLike(text.charCodeAt(open - 1))) return;
  const limit = Math.min(text.length, open + MAX_QUOTED + 2);
  const closing = CLOSING[code]!.charCodeAt(0);
  let close = open + 1;
  for (; close < limit; close++) {
    const at = text.charCodeAt(close);
    if (at === 10) return;
    if (at === closing && !isWordLike(text.charCodeAt(close + 1))) break;
  }
  // "file_id": names what follows
  if (close < limit && text.charCodeAt(close + 1) !== 58) shortValue(text, open + 1, close, sink);
}

function isWordLike(code: number): boolean {
  return code < 128
    ? (classOf[code]! & (LOWER | UPPER | DIGIT)) !== 0
    : code >= 0xc0 && characterClass(code) === NON_ASCII;
}

/** A short value that is a token as a whole, whatever is in it: quoted in text, or a leaf of JSON. */
export function shortValue(text: string, start: number, end: number, sink: TokenSink): void {
  if (end - start < 2 || end - start > MAX_QUOTED) return;
  while (end > start && isMark(text.charCodeAt(end - 1))) end--;
  while (start < end && isMark(text.charCodeAt(start))) start++;
  if (end - start < 2) return;
  let words = 1;
  let plain = true;
  for (let index = start; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code > 32) continue;
    words++;
    if (code !== 32 || text.charCodeAt(index + 1) <= 32) plain = false;
  }
  if (words > MAX_QUOTED_WORDS) return;
  const value = text.slice(start, end);
  const normal = plain ? value : value.replace(/\s+/g, ' ');
  if (YEAR_DATE_TIME.test(normal) || (words === 1 && COMMON_WORDS.has(normal.toLowerCase()))) return;
  emit(normal, 2, sink);
}

/** Blanks and the punctuation that ends a sentence. */
function isMark(code: number): boolean {
  return code <= 32 || code === 46 || code === 44 || code === 58 || code === 59 || code === 33 || code === 63;
}

function emit(token: string, salience: Salience, sink: TokenSink): void {
  if (token.length >= 2 && token.length <= MAX_TOKEN) sink(token.toLowerCase(), salience);
}

/** At the edge of a chunk: . : - _ + = & # ~ ^ and the like. */
function isEdge(code: number): boolean {
  return code < 128 && (classOf[code]! & (DOT | OTHER | JOINER)) !== 0;
}

/** Capitalised for grammar's sake, or too common to tell anything. */
const COMMON_WORDS = new Set(
  (
    'the a an and or but if then else when while for from to of in on at by with without as is are was were be been am do does did ' +
    'i you he she it we they me him her us them my your his its our their this that these those there here what which who whom whose ' +
    'why how where not no yes true false null none all any each every some many most more less other another such same so than too ' +
    'very can could may might must shall should will would have has had get got let make made please thanks thank hello hi hey dear ' +
    'regards best sincerely monday tuesday wednesday thursday friday saturday sunday january february march april june july august ' +
    'september october november december jan feb mar apr jun jul aug sep sept oct nov dec mr mrs ms dr prof note important warning ' +
    'error info debug ok okay success failed status name type value text user system assistant tool function id date time today ' +
    'tomorrow yesterday subject message body content title description email file files information instructions also however ' +
    'therefore based following provided available unfortunately additionally'
  ).split(' '),
);
