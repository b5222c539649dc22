/** A receiver that names a longer pause is asked again after this one. */
const LONGEST_MS = 3_600_000;

const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** Milliseconds that a Retry-After header (RFC 9110 10.2.3: seconds or a date) asks for; undefined when it says nothing. */
export function retryAfterMs(header: string | string[] | undefined, now: number): number | undefined {
  const value = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  const pause = /^\d{1,9}$/.test(value)
    ? Number(value) * 1000
    : HTTP_DATE.test(value)
      ? Date.parse(value) - now
      : Number.NaN;
  return Number.isNaN(pause) ? undefined : Math.min(Math.max(pause, 0), LONGEST_MS);
}
