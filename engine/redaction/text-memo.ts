import { hash } from 'node:crypto';
import { createBoundedCache } from './bounded-cache.ts';

/** What was read from a text, remembered by the text's digest; the text itself is not kept. */
export type TextMemo<T> = (text: string, read: (text: string) => T) => T;

/** Shorter texts are read again sooner than digested and looked up. */
const SHORTEST = 1024;
const LONGEST = 1 << 16;
const TEXTS_REMEMBERED = 128;

/**
 * The spans of a trace give the same texts again: each model call carries the conversation until then, and the result of a tool stands
 * in the tool's span and in the next call's. What is remembered must be immutable. It is kept only where `isSmall`, so the bound on
 * texts is one on memory.
 */
export function createTextMemo<T>(isSmall: (value: T) => boolean = () => true): TextMemo<T> {
  const known = createBoundedCache<string, { readonly value: T }>(TEXTS_REMEMBERED);
  return (text, read) => {
    if (text.length < SHORTEST || text.length > LONGEST) return read(text);
    const digest = hash('sha256', text, 'base64');
    const found = known.get(digest);
    if (found !== undefined) return found.value;
    const value = read(text);
    if (isSmall(value)) known.set(digest, { value });
    return value;
  };
}
