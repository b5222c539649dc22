/** A run of base64, base64url or hex in a text that decodes to readable text. A hit inside redacts the run as a whole. */
export interface EncodedRun {
  readonly start: number;
  readonly end: number;
  readonly encoding: 'base64' | 'hex';
  readonly decoded: string;
}

/** Shorter runs cannot hold a secret worth the name (24 characters are 18 bytes of base64, 12 of hex). */
const MIN_RUN = 24;
/** Longest run that is decoded: 1 MiB of text. */
const MAX_RUN = 1_400_000;
/** Bytes at the start of a run that are judged before the run is decoded. */
const SAMPLE_BYTES = 12;
const SAMPLE_CHARACTERS = 16;

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

/**
 * Looks at one character in MIN_RUN only: a run that long cannot hide between two looks. Random ids, digests and images drop out
 * because what they decode to is not readable.
 */
export function findEncodedRuns(text: string, from: number, to: number): EncodedRun[] {
  const runs: EncodedRun[] = [];
  let floor = from;
  for (let look = from + MIN_RUN - 1; look < to; look += MIN_RUN) {
    if (sextetAt(text, look) === NONE) continue;
    let start = look;
    while (start > floor && sextetAt(text, start - 1) !== NONE) start--;
    let end = look + 1;
    while (end < to && sextetAt(text, end) !== NONE) end++;
    if (end - start >= MIN_RUN && end - start <= MAX_RUN) {
      const run = decodeHex(text, start, end) ?? decodeBase64(text, start, end, to);
      if (run !== undefined) runs.push(run);
    }
    floor = end;
    look = Math.max(look, end - 1);
  }
  return runs;
}

function sextetAt(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code < 128 ? sextets[code]! : NONE;
}

function decodeHex(text: string, start: number, end: number): EncodedRun | undefined {
  // hex of readable text begins with 2 to 7, or with the 0 of a line end or a tab
  const first = text.charCodeAt(start);
  if (first !== 48 && !(first >= 50 && first <= 55)) return undefined;
  for (let index = start; index < start + SAMPLE_BYTES; index++) {
    const byte = Number.parseInt(text.slice(start + 2 * (index - start), start + 2 * (index - start) + 2), 16);
    if (!(byte >= 32 && byte < 127) && byte !== 9 && byte !== 10 && byte !== 13) return undefined;
  }
  const run = text.slice(start, end - ((end - start) % 2));
  if (!HEX_RUN.test(run)) return undefined;
  return { start, end, encoding: 'hex', decoded: Buffer.from(run, 'hex').toString('utf8') };
}

/** base64 may begin anywhere in the run (after a path's `/` or a word), so all four phases are tried, at the start and amid. */
function decodeBase64(text: string, start: number, end: number, to: number): EncodedRun | undefined {
  // a sample from the middle tells when the head of the run belongs to something else
  const middle = SEPARATOR.test(text.slice(start, end)) ? 4 * Math.floor((end - start) / 8) : 0;
  for (let phase = 0; phase < 4; phase++) {
    const amid = start + phase + middle;
    const sampled = decodesToText(text, start + phase);
    if (!sampled && !(middle > 0 && amid + SAMPLE_CHARACTERS <= end && decodesToText(text, amid))) continue;
    let padded = end;
    while (padded < to && padded < end + 2 && text.charCodeAt(padded) === 61) padded++;
    const decoded = Buffer.from(text.slice(start + phase, end), 'base64').toString('utf8');
    return { start, end: padded, encoding: 'base64', decoded };
  }
  return undefined;
}

/** The first bytes are printable ASCII or blanks, after the third two may be of UTF-8. Random text fails at the second byte. */
function decodesToText(text: string, start: number): boolean {
  let high = 0;
  for (let group = 0; group < SAMPLE_BYTES / 3; group++) {
    const at = start + 4 * group;
    const bits =
      (sextetAt(text, at) << 18) |
      (sextetAt(text, at + 1) << 12) |
      (sextetAt(text, at + 2) << 6) |
      sextetAt(text, at + 3);
    for (let shift = 16; shift >= 0; shift -= 8) {
      const byte = (bits >> shift) & 255;
      if (byte >= 128) {
        if (group === 0) return false;
        high++;
      } else if (byte < 32 ? byte !== 9 && byte !== 10 && byte !== 13 : byte === 127) return false;
    }
  }
  return high <= 2;
}
