/**
 * Runs that are longer than any honest use: a flag has at most six tag characters, an emoji one variation selector, and scripts
 * join letters with single zero-width characters.
 */
const HIDDEN = /[\u{E0000}-\u{E007F}]{8}|[\u{E0100}-\u{E01EF}]{8}|[\u200B-\u200D\u2060\u180E\uFEFF]{16}/u;
/** The same as JSON escapes, which many senders write for everything outside ASCII. */
const HIDDEN_ESCAPED = /(?:\\udb40\\ud[cd][0-9a-f]{2}){8}|(?:\\u(?:200[b-d]|2060|180e|feff)){16}/i;

/** Whether a text holds a run of characters that a model reads and a person does not see. */
export function hidesText(text: string): boolean {
  return HIDDEN.test(text) || HIDDEN_ESCAPED.test(text);
}
