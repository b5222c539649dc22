import type { View } from './escapes.ts';
import { resolve } from './resolve.ts';

const ENTITY = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(amp|quot|apos|lt|gt|nbsp));/y;
const NAMED: Readonly<Record<string, string>> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>', nbsp: ' ' };

/** The text with numbered and the common named entities of HTML and XML resolved; undefined when there are none. */
export function entityView(text: string): View | undefined {
  return resolve(text, '&', entityLength, decode);
}

function entityLength(text: string, at: number): number {
  if (text.charCodeAt(at) !== 38) return 1;
  ENTITY.lastIndex = at;
  return ENTITY.test(text) ? ENTITY.lastIndex - at : 1;
}

/** One UTF-16 unit for each, so that the way back stays simple: what lies beyond is no part of a secret. */
function decode(text: string, at: number): string {
  ENTITY.lastIndex = at;
  const [, decimal, hex, name] = ENTITY.exec(text)!;
  if (name !== undefined) return NAMED[name]!;
  return String.fromCharCode(decimal === undefined ? Number.parseInt(hex!, 16) : Number(decimal));
}
