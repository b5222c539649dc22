import type { Attributes } from '../attributes.ts';

const WORD = /^[A-Za-z0-9][\w.:-]{0,63}$/;

/**
 * The value of an attribute whose values are words of a vocabulary (`external_api`, `webhook`, a hash), as the sender set it;
 * '' when it set none. Free text under such a key is no value of it: it would reach typed columns that are stored as they are.
 */
export function sentWord(attributes: Attributes, key: string): string {
  const value = attributes[key];
  return typeof value === 'string' && WORD.test(value) ? value : '';
}
