import { CodedError } from '../../core/errors.ts';

/** Where in the query as it was written, both from 1. */
interface Place {
  readonly line: number;
  readonly column: number;
}

/** QUERY_REFUSED: says why and, where the query as written shows it, where. */
export function refuse(query: string, why: string, word?: string): never {
  const where = word === undefined ? undefined : placeOf(query, word);
  const at = where ? ` (line ${where.line}, column ${where.column})` : '';
  throw new CodedError('QUERY_REFUSED', `${why}${at}`, { extra: where ? { where } : {} });
}

/** First place where `word` stands by itself. Names only: a word inside a string or a comment before it may be pointed at. */
function placeOf(query: string, word: string): Place | undefined {
  const lower = query.toLowerCase();
  const wanted = word.toLowerCase();
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + 1)) {
    if (isNameCharacter(lower[at - 1]) || isNameCharacter(lower[at + wanted.length])) continue;
    const before = query.slice(0, at).split('\n');
    return { line: before.length, column: before.at(-1)!.length + 1 };
  }
  return undefined;
}

function isNameCharacter(character: string | undefined): boolean {
  return character !== undefined && /\w/.test(character);
}

/** A name from a query, fit for a message: nothing but what names are made of, and short. */
export function nameForMessage(name: string): string {
  return name.replace(/[^\w.]/g, '?').slice(0, 80);
}
