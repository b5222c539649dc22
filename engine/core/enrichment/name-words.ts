/** Longest part of a name or description that is read; what follows says nothing new about what a tool does. */
const READ_LENGTH = 320;

const WORDS = /\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{Lo}+|\d+/gu;

/**
 * The words of an identifier or a sentence, lower-case and singular: camel case, snake case, dots, dashes, slashes and digits
 * all part words. `getHTTPRequests` is get, http, request; `mcp__fs__read_files` is mcp, fs, read, file.
 */
export function nameWords(name: string): string[] {
  const words = name.slice(0, READ_LENGTH).match(WORDS);
  return words === null ? [] : words.map((word) => singular(word.toLowerCase()));
}

/** Good enough for the vocabulary of tools: memories, searches, files, https; `status` and `class` are left alone. */
function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || word.endsWith('ss') || word.endsWith('us') || word === 'news')
    return word;
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`;
  if (/(?:ch|sh|x|ss)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}
