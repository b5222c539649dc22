import { refuse } from './refuse.ts';

/** Runs one statement of the guard's own on a read-only connection and gives its rows. Throws CodedError. */
export type Ask = (sql: string) => Promise<Record<string, string>[]>;

/** Longest query, bytes. Twice that as hexadecimal stays below the engine's max_query_size of 256 KiB. */
const MOST_QUERY_BYTES = 100_000;

/**
 * The query as the engine itself writes it: one statement on one line, without comments, heredocs, byte-order marks and odd
 * spaces, quotes normalised. Only this text is ever checked and run. The text as it came reaches the engine once, as
 * hexadecimal digits in a string, so nothing in it can break out. Throws QUERY_REFUSED.
 */
export async function canonicalQuery(ask: Ask, text: string, asWritten = text): Promise<string> {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length > MOST_QUERY_BYTES) refuse(text, `A query has at most ${MOST_QUERY_BYTES} bytes`);
  if (!text.isWellFormed()) refuse(text, 'The query is not well-formed Unicode');
  if (text.includes('\0')) refuse(text, 'The query contains a null character');
  const literal = `unhex('${bytes.toString('hex')}')`;
  const [row] = await ask(`SELECT formatQuerySingleLineOrNull(${literal}) AS query`);
  if (typeof row?.['query'] !== 'string') return refuse(asWritten, await syntaxError(ask, literal, text));
  const canonical = row['query'];
  // A line end in the canonical text could only come from a formatter that no longer does what its name says.
  if (/[\0\r\n]/.test(canonical)) refuse(asWritten, 'The query could not be brought to one line');
  return canonical;
}

/** The engine's own words about what it could not parse, and where. */
async function syntaxError(ask: Ask, literal: string, text: string): Promise<string> {
  try {
    await ask(`SELECT formatQuerySingleLine(${literal}) AS query`);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    if (message.includes('Multi-statements')) return 'One statement at a time';
    const [, position, word] = /Syntax error[^:]*: failed at position (\d{1,7}) \((.{0,80}?)\)/.exec(message) ?? [];
    if (position !== undefined) {
      const before = Buffer.from(text)
        .subarray(0, Number(position) - 1)
        .toString()
        .split('\n');
      return `Syntax error at line ${before.length}, column ${before.at(-1)!.length + 1}, near "${word}"`;
    }
  }
  return 'The query is not one well-formed SQL statement';
}
