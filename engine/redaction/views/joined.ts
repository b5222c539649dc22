import type { View } from './escapes.ts';
import { viewWithout } from './removed.ts';

/**
 * What stands between two parts of one string: a backslash at a line's end, or a quote, an operator of concatenation (none in
 * Python and C), a line end or two, and the same quote again.
 */
export const JOINT =
  /\\\r?\n[ \t]{0,40}|(["'`])(?:[ \t]{0,8}(?:\+|\.{1,2}|&|<<|\|\|)[ \t]{0,8}(?:\\?\r?\n[ \t]{0,80})?|[ \t]{0,8}\\?\r?\n[ \t]{0,80}(?:(?:\+|\.{1,2}|&|<<|\|\|)[ \t]{0,8})?)\1/g;

/** Strings written in parts, put together; undefined when there are none. */
export function joinedView(text: string): View | undefined {
  return viewWithout(text, JOINT);
}

/** Quoted-printable: soft line ends gone. =3D and the like are resolved by quotedView. */
export function unfoldedView(text: string): View | undefined {
  return viewWithout(text, /=\r?\n/g);
}

/** Text in UTF-16 that was read as bytes: every second character is NUL. */
export function withoutNulView(text: string): View | undefined {
  return viewWithout(text, /\0/g);
}
