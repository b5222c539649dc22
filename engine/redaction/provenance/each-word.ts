const LONGEST_WORD = 40;

/** A word as a range of its text. `key` is a 32-bit hash of it without regard to case (ASCII), seeded so that nobody can make two meet. */
export type WordVisitor = (from: number, end: number, key: number) => boolean | undefined;

/** Calls `take` with each run of letters and digits; stops when it answers false. Longer runs are no words. Copies nothing. */
export function eachWord(text: string, seed: number, take: WordVisitor): void {
  const length = text.length;
  for (let index = 0; index < length; ) {
    let code = folded(text.charCodeAt(index));
    if (code === 0) {
      index++;
      continue;
    }
    const from = index;
    let key = seed;
    while (code !== 0) {
      key = Math.imul(key ^ code, 0x01000193);
      code = ++index < length ? folded(text.charCodeAt(index)) : 0;
    }
    if (index - from <= LONGEST_WORD && take(from, index, key ^ (key >>> 15)) === false) return;
  }
}

/** The code of a letter or digit, ASCII capitals made small; 0 for anything else. */
function folded(code: number): number {
  if (code < 128) return FOLDED[code]!;
  return code > 0xbf && !(code >= 0x2000 && code <= 0x206f) && !(code >= 0x3000 && code <= 0x303f) ? code : 0;
}

const FOLDED = Uint8Array.from({ length: 128 }, (_, code) => {
  if ((code >= 97 && code <= 122) || (code >= 48 && code <= 57)) return code;
  return code >= 65 && code <= 90 ? code | 32 : 0;
});
