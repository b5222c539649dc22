import { constants, gunzipSync, inflateRawSync } from 'node:zlib';
import type { WorkBudget } from '../work-budget.ts';

/** Bytes that are inflated at most; what holds more is not judged but replaced. */
const MOST_INFLATED = 1024 * 1024;
/** What setting up an inflater costs, in steps, besides what comes out. */
const STEPS = 50_000;
/** base64 of the three bytes that a gzip stream begins with. */
const GZIP_MARK = 'H4sI';
/** base64 of the header of a zlib stream with the usual compression levels: 78 9c, 78 da, 78 01. */
const ZLIB_MARK = /^e(?:J[w-z]|N[o-r]|A[E-H])/;
const GZIP_HEADER = 10;
const ZLIB_HEADER = 2;

/**
 * The text of a run of base64 that is gzip or zlib, even if it is cut off or its checksum wrong; undefined when it is neither.
 * `text` is undefined when there is more of it than MOST_INFLATED. `reach`: how far into the run gzip may begin.
 */
export function inflateBase64(
  run: string,
  reach: number,
  budget: WorkBudget,
): { readonly text: string | undefined } | undefined {
  const gzip = run.slice(0, reach).indexOf(GZIP_MARK);
  if (gzip < 0 && !ZLIB_MARK.test(run)) return undefined;
  budget.spend(STEPS);
  const bytes = Buffer.from(gzip > 0 ? run.slice(gzip) : run, 'base64');
  const limits = { maxOutputLength: MOST_INFLATED, finishFlush: constants.Z_SYNC_FLUSH };
  // without optional fields the header has a fixed length, and the checksum behind the data need not hold
  const raw = gzip < 0 ? ZLIB_HEADER : bytes[3] === 0 ? GZIP_HEADER : 0;
  try {
    const inflated = raw > 0 ? inflateRawSync(bytes.subarray(raw), limits) : gunzipSync(bytes, limits);
    return inflated.length === 0 ? undefined : { text: inflated.toString('utf8') };
  } catch (error) {
    // anything else that is wrong with it: not compressed at all, or nothing that could be read back
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? { text: undefined } : undefined;
  }
}
