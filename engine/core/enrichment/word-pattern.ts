/** Says whether words hold what a pattern asks for. */
export type WordPattern = (words: readonly string[]) => boolean;

/**
 * A pattern over words: `a|b` is either word, a space means directly followed by, ` + ` means both, in any place.
 * `run|execute + code|script` finds "execute_my_script", `http request` finds "sendHttpRequest" but not "request_http_access".
 */
export function wordPattern(pattern: string): WordPattern {
  const phrases = pattern.split(' + ').map((phrase) => phrase.split(' ').map((group) => new Set(group.split('|'))));
  return (words) => phrases.every((phrase) => holdsPhrase(words, phrase));
}

function holdsPhrase(words: readonly string[], phrase: readonly ReadonlySet<string>[]): boolean {
  for (let at = 0; at + phrase.length <= words.length; at++) {
    if (phrase.every((group, offset) => group.has(words[at + offset]!))) return true;
  }
  return false;
}
