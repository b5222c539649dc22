import type { WorkBudget } from '../work-budget.ts';
import { inflateBase64 } from './inflate.ts';
import { readableBytes } from './readable-bytes.ts';

/** A run of base64, base64url or hex in a text that decodes to readable text. A hit inside redacts the run as a whole. */
export interface EncodedRun {
  readonly start: number;
  readonly end: number;
  readonly encoding: 'base64' | 'hex' | 'gzip' | 'utf16';
  /** Undefined: it is compressed and more than may be looked through. */
  readonly decoded: string | undefined;
}

/** Shorter runs cannot hold a secret worth the name (24 characters are 18 bytes of base64, 12 of hex). */
const MIN_RUN = 24;
/** Longest run that is decoded: 1 MiB of text. */
const MAX_RUN = 1_400_000;
/** Lines of a wrapped run are at least this long (MIME 76, PEM 64, xxd 60). */
const MIN_LINE = 40;
const MAX_INDENT = 8;
/** Characters at the start of a run that are judged before the run is decoded. */
const SAMPLE_CHARACTERS = 16;
const SAMPLE_BYTES = 12;
/** Shortest base64 of something compressed. */
const MIN_COMPRESSED = 40;
/** How far into a run compressed data may begin: what stands before it is a path or a word. */
const COMPRESSED_REACH = 128;

const NONE = 255;
const sextets = new Uint8Array(128).fill(NONE);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach((character, value) => {
  sextets[character.charCodeAt(0)] = value;
});
sextets['-'.charCodeAt(0)] = 62;
sextets['_'.charCodeAt(0)] = 63;
/** A run with none of these has no head that belongs to something else. */
const SEPARATOR = /[/_-]/;
const HEX_RUN = /^[0-9a-fA-F]+$/;
const NOT_BASE64 = /[^A-Za-z0-9+/_-]+/g;

/**
 * Looks at one character in MIN_RUN only: a run that long cannot hide between two looks. Random ids, digests and images drop out
 * because what they decode to is not readable. Lines of one length under each other are one run.
 */
export function findEncodedRuns(text: string, from: number, to: number, budget: WorkBudget): EncodedRun[] {
  const runs: EncodedRun[] = [];
  let floor = from;
  for (let look = from + MIN_RUN - 1; look < to; look += MIN_RUN) {
    if (sextetAt(text, look) === NONE) continue;
    let start = look;
    while (start > floor && sextetAt(text, start - 1) !== NONE) start--;
    let end = endOfSextets(text, look + 1, to);
    if (end - start >= MIN_RUN) {
      const wrapped = endOfWrapped(text, start, end, to);
      if (wrapped - start <= MAX_RUN) {
        const run = decodeRun(text, start, end, wrapped, to, budget);
        if (run !== undefined) {
          runs.push(run);
          end = run.end;
        }
      }
    }
    floor = end;
    look = Math.max(look, end - 1);
  }
  return runs;
}

function decodeRun(
  text: string,
  start: number,
  end: number,
  wrapped: number,
  to: number,
  budget: WorkBudget,
): EncodedRun | undefined {
  if (wrapped === end) return decode(text.slice(start, end), text, start, end, to, budget);
  // the run as it stands under each other; should its first line be something else, that line alone
  return (
    decode(text.slice(start, wrapped).replace(NOT_BASE64, ''), text, start, wrapped, to, budget) ??
    decode(text.slice(start, end), text, start, end, to, budget)
  );
}

function decode(
  run: string,
  text: string,
  start: number,
  end: number,
  to: number,
  budget: WorkBudget,
): EncodedRun | undefined {
  return decodeHex(run, start, end) ?? decodeBase64(run, text, start, end, to, budget);
}

function endOfSextets(text: string, at: number, to: number): number {
  let end = at;
  while (end < to && sextetAt(text, end) !== NONE) end++;
  return end;
}

/** The end of the lines that go on with the run: as long as the first whole one, the last may be shorter. */
function endOfWrapped(text: string, start: number, firstEnd: number, to: number): number {
  if (firstEnd - start < MIN_LINE) return firstEnd;
  let end = firstEnd;
  let width = 0;
  for (;;) {
    const lineStart = startOfNextLine(text, end, to);
    if (lineStart === 0) return end;
    const lineEnd = endOfSextets(text, lineStart, to);
    const length = lineEnd - lineStart;
    if (length === 0 || (width > 0 && length > width)) return end;
    end = lineEnd;
    if (width === 0) width = length;
    if (length < width || length < MIN_LINE) return end;
  }
}

/** After a line feed, with or without a carriage return before and blanks after it; 0 when the run ends otherwise. */
function startOfNextLine(text: string, at: number, to: number): number {
  let next = text.charCodeAt(at) === 13 ? at + 1 : at;
  if (next >= to || text.charCodeAt(next) !== 10) return 0;
  next++;
  const limit = Math.min(to, next + MAX_INDENT);
  while (next < limit && (text.charCodeAt(next) === 32 || text.charCodeAt(next) === 9)) next++;
  return next < to ? next : 0;
}

function sextetAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < 128 ? sextets[code]! : NONE;
}

const sample = new Uint8Array(SAMPLE_BYTES);

function decodeHex(written: string, start: number, end: number): EncodedRun | undefined {
  const run = written.charCodeAt(1) === 120 ? written.replace(/^0x/, '') : written;
  // hex of readable text begins with 2 to 7, or with the 0 of a line end, a tab or UTF-16, or a mark of byte order
  const first = run.charCodeAt(0);
  if (!(first >= 48 && first <= 55) && first !== 102 && first !== 70) return undefined;
  for (let index = 0; index < SAMPLE_BYTES; index++) {
    const high = hexDigit(run.charCodeAt(2 * index));
    const low = hexDigit(run.charCodeAt(2 * index + 1));
    if (high < 0 || low < 0) return undefined;
    sample[index] = 16 * high + low;
  }
  const reading = readableBytes(sample);
  if (reading === undefined) return undefined;
  const even = run.length % 2 === 0 ? run : run.slice(0, -1);
  if (!HEX_RUN.test(even)) return undefined;
  const bytes = Buffer.from(even, 'hex');
  return { start, end, encoding: reading === 'utf8' ? 'hex' : 'utf16', decoded: textOf(bytes, reading) };
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** base64 may begin anywhere in the run (after a path's `/` or a word), so all four phases are tried, at the start and amid. */
function decodeBase64(
  run: string,
  text: string,
  start: number,
  end: number,
  to: number,
  budget: WorkBudget,
): EncodedRun | undefined {
  const padded = (): number => {
    let after = end;
    while (after < to && after < end + 2 && text.charCodeAt(after) === 61) after++;
    return after;
  };
  if (run.length >= MIN_COMPRESSED) {
    const inflated = inflateBase64(run, COMPRESSED_REACH, budget);
    if (inflated !== undefined) return { start, end: padded(), encoding: 'gzip', decoded: inflated.text };
  }
  // a sample from the middle tells when the head of the run belongs to something else
  const middle = SEPARATOR.test(run) ? 4 * Math.floor(run.length / 8) : 0;
  for (let phase = 0; phase < 4; phase++) {
    let reading = sampledReading(run, phase);
    const amid = phase + middle;
    if (reading === undefined && middle > 0 && amid + SAMPLE_CHARACTERS <= run.length) {
      reading = sampledReading(run, amid);
    }
    if (reading === undefined) continue;
    const bytes = Buffer.from(phase === 0 ? run : run.slice(phase), 'base64');
    const encoding = reading === 'utf8' ? 'base64' : 'utf16';
    return { start, end: padded(), encoding, decoded: textOf(bytes, reading) };
  }
  return undefined;
}

function textOf(bytes: Buffer, reading: 'utf8' | 'utf16le' | 'utf16be'): string {
  if (reading === 'utf8') return bytes.toString('utf8');
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
  return (reading === 'utf16be' ? Buffer.from(even).swap16() : even).toString('utf16le').replace(/^\ufeff/, '');
}

function sampledReading(run: string, start: number): ReturnType<typeof readableBytes> {
  for (let group = 0; group < SAMPLE_BYTES / 3; group++) {
    const at = start + 4 * group;
    const bits =
      (sextets[run.charCodeAt(at)]! << 18) |
      (sextets[run.charCodeAt(at + 1)]! << 12) |
      (sextets[run.charCodeAt(at + 2)]! << 6) |
      sextets[run.charCodeAt(at + 3)]!;
    sample[3 * group] = bits >> 16;
    sample[3 * group + 1] = bits >> 8;
    sample[3 * group + 2] = bits;
    // most random runs are known by their first three bytes
    if (group === 0 && !maybeReadable(sample[0]!, sample[1]!, sample[2]!)) return undefined;
  }
  return readableBytes(sample);
}

function maybeReadable(first: number, second: number, third: number): boolean {
  if (first === 0 || second === 0 || first >= 254) return true;
  return isText(first) && isText(second) && isText(third);
}

function isText(byte: number): boolean {
  return byte >= 32 ? byte < 127 : byte === 9 || byte === 10 || byte === 13;
}
