const LONGEST_WORD = 40;

/** Calls `take` with each run of letters and digits, in the text's own case; stops when it answers false. Longer runs are no words. */
export function eachWord(text: string, take: (word: string) => boolean | undefined): void {
  const length = text.length;
  for (let index = 0; index < length; ) {
    if (!isWordCharacter(text.charCodeAt(index))) {
      index++;
      continue;
    }
    const from = index++;
    while (index < length && isWordCharacter(text.charCodeAt(index))) index++;
    if (index - from <= LONGEST_WORD && take(text.slice(from, index)) === false) return;
  }
}

/** Letters and digits of ASCII; above it everything but blanks and punctuation of typography and CJK. */
function isWordCharacter(code: number): boolean {
  if (code < 128) {
    const lower = code | 32;
    return (lower >= 97 && lower <= 122) || (code >= 48 && code <= 57);
  }
  return code > 0xbf && !(code >= 0x2000 && code <= 0x206f) && !(code >= 0x3000 && code <= 0x303f);
}
