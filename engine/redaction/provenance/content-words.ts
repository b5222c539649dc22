import { STOP_WORDS } from './words-of-language.ts';

/** Words of one text that are looked at. */
const MOST_WORDS = 96;
const MAX_WORD = 40;
const WORD = /[\p{L}\p{N}]+/gu;

/** Adds the stems of a text's words to `stems`, stop words and what exceeds MOST_WORDS left out. */
export function addContentWords(text: string, stems: Set<string>, most = MOST_WORDS): void {
  for (const [word] of text.matchAll(WORD)) {
    if (stems.size >= most) return;
    if (word.length > MAX_WORD) continue;
    const lower = word.toLowerCase();
    if (!STOP_WORDS.has(lower) && (lower.length > 1 || lower >= '0')) stems.add(stem(lower));
  }
}

/** The words of an identifier: send_direct_message, sendDirectMessage, Send-Direct.Message. */
export function identifierWords(name: string): string[] {
  const parted = name.slice(0, 200).replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2');
  return (parted.match(WORD) ?? []).flatMap((word) => word.toLowerCase());
}

/** Endings off, so that schedule, scheduled and scheduling are one word. Two different words may become one; that is rare and harmless. */
export function stem(word: string): string {
  if (word === 'email' || word === 'emails' || word === 'e-mail') return 'mail';
  let end = word.length;
  if (end > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (end > 5 && word.endsWith('ing')) end -= 3;
  else if (end > 4 && word.endsWith('ed')) end -= 2;
  else if (end > 4 && word.endsWith('es')) end -= 2;
  else if (end > 3 && word.endsWith('s') && !word.endsWith('ss')) end -= 1;
  if (end > 3 && word.charCodeAt(end - 1) === 101) end -= 1;
  return word.slice(0, end);
}
