import type { View } from './escapes.ts';
import { resolve } from './resolve.ts';

const ENCODED = /=[0-9A-F]{2}/y;

/** The text with =XX of quoted-printable resolved, a byte a character: what lies beyond ASCII is no part of a secret. */
export function quotedView(text: string): View | undefined {
  return resolve(text, '=', quotedLength, (source, at) =>
    String.fromCharCode(Number.parseInt(source.slice(at + 1, at + 3), 16)),
  );
}

function quotedLength(text: string, at: number): number {
  if (text.charCodeAt(at) !== 61) return 1;
  ENCODED.lastIndex = at;
  return ENCODED.test(text) ? 3 : 1;
}
