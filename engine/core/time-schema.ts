import { z } from 'zod';

/** What DateTime64 holds to the nanosecond, and every date that telemetry means. */
const EARLIEST = Date.UTC(1970, 0, 1);
const LATEST = Date.UTC(2200, 0, 1);

/** A time in a request: RFC 3339 with any offset, from 1970 to 2200. */
export const timeSchema = z.iso.datetime({ offset: true }).refine(
  (text) => {
    const at = Date.parse(text);
    return at >= EARLIEST && at < LATEST;
  },
  { error: 'a time from 1970 to 2200' },
);
