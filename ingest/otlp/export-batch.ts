import { CodedError } from '../../engine/core/errors.ts';
import type { DecodeLimits } from './decode-limits.ts';

/** What can be wrong with one record of an export. The texts are all that is ever said about it: none of its content. */
const REMARKS = {
  traceId: { rejects: true, text: 'the trace id is not 16 bytes, or all zero' },
  spanId: { rejects: true, text: 'the span id is not 8 bytes, or all zero' },
  parentSpanId: { rejects: true, text: 'the parent span id is neither empty nor 8 bytes' },
  startMissing: { rejects: true, text: 'the start time is missing or no unsigned 64-bit integer' },
  startEarly: { rejects: true, text: 'the start time is before the year 2000 (is it in nanoseconds?)' },
  startLate: { rejects: true, text: 'the start time is too far in the future' },
  endLate: { rejects: true, text: 'the end time is too far in the future' },
  timeEarly: { rejects: true, text: 'the time is before the year 2000 (is it in nanoseconds?)' },
  timeLate: { rejects: true, text: 'the time is too far in the future' },
  timeMissing: { rejects: true, text: 'the time is missing or no unsigned 64-bit integer' },
  metricName: { rejects: true, text: 'the metric has no name' },
  value: { rejects: true, text: 'the value is missing or no finite number' },
  attributes: { rejects: false, text: 'too many attributes, the rest was dropped' },
  events: { rejects: false, text: 'too many events, the rest was dropped' },
  links: { rejects: false, text: 'too many links, the rest was dropped' },
  linkId: { rejects: false, text: 'a link without valid ids was dropped' },
  recordIds: { rejects: false, text: 'trace and span ids that are not valid were dropped' },
  depth: { rejects: false, text: 'an attribute value was nested too deep, its inside was dropped' },
  length: { rejects: false, text: 'a value was too long and was cut' },
  eventTime: { rejects: false, text: 'an event time was out of range and became the start time of its span' },
  noSpans: { rejects: false, text: 'the body has no member resourceSpans (keys of OTLP/JSON are in lowerCamelCase)' },
  noLogs: { rejects: false, text: 'the body has no member resourceLogs (keys of OTLP/JSON are in lowerCamelCase)' },
  noMetrics: {
    rejects: false,
    text: 'the body has no member resourceMetrics (keys of OTLP/JSON are in lowerCamelCase)',
  },
} as const satisfies Record<string, { rejects: boolean; text: string }>;

export type Remark = keyof typeof REMARKS;

const LISTS = {
  attributes: { weight: 1, limit: 'maxAttributes' },
  events: { weight: 2, limit: 'maxEvents' },
  links: { weight: 3, limit: 'maxLinks' },
} as const satisfies Record<string, { weight: number; limit: keyof DecodeLimits }>;

/** Of a resource, of a scope, and of a metric. */
export const GROUP_WEIGHT = 2;
/** Of a span, a log record or a data point. */
export const RECORD_WEIGHT = 4;

/** What decoders make of an id of a wrong length. Can't be taken for hex. */
export const INVALID_ID = 'invalid';

export const ZERO_TRACE_ID = '0'.repeat(32);
export const ZERO_SPAN_ID = '0'.repeat(16);

const EARLIEST_UNIX_NANO = BigInt(Date.UTC(2000, 0, 1)) * 1_000_000n;

/**
 * Gathers what one request decodes into: the valid records, and a tally of what was wrong with the others. A record is rejected
 * only when it can't be placed (ids, times); of one that is too big the excess is dropped, so that nobody who can inflate it can
 * hide it.
 */
export class ExportBatch<Item> {
  readonly limits: DecodeLimits;
  readonly items: Item[] = [];
  rejected = 0;
  /** Of what was met so far; see DecodeLimits. */
  weight = 0;

  private readonly what: string;
  private readonly latestUnixNano: bigint;
  private readonly tally = new Map<Remark, { count: number; first: number }>();

  /** `what` names one item in what the sender is told. */
  constructor(limits: DecodeLimits, nowUnixMs: number, what: string) {
    this.limits = limits;
    this.what = what;
    this.latestUnixNano = BigInt(Math.floor(nowUnixMs) + limits.maxFutureMs) * 1_000_000n;
  }

  /** Counts what is about to be kept. Throws TOO_LARGE beyond the limit. */
  spend(weight: number): void {
    this.weight += weight;
    if (this.weight > this.limits.maxWeight) {
      throw new CodedError('TOO_LARGE', `too many ${this.what}s and attributes in one request: send smaller batches`);
    }
  }

  /** Counts the `nth` (from 1) of a list, and says whether there is room for it. */
  admits(list: keyof typeof LISTS, nth: number): boolean {
    const { weight, limit } = LISTS[list];
    this.spend(weight);
    const room = this.limits[limit];
    if (nth === room + 1) this.note(list);
    return nth <= room;
  }

  /** Counts a list or map at this depth (the attribute's own is 1), and says whether it may be entered. */
  reaches(depth: number): boolean {
    this.spend(1);
    if (depth <= this.limits.maxDepth) return true;
    this.note('depth');
    return false;
  }

  /** Where to stop reading a value that takes the bytes from `start` to `end`. */
  cut(start: number, end: number): number {
    if (end - start <= this.limits.maxStringBytes) return end;
    this.note('length');
    return start + this.limits.maxStringBytes;
  }

  /** The same for a string that is there already. */
  clip(text: string): string {
    if (text.length <= this.limits.maxStringBytes) return text;
    this.note('length');
    // By way of bytes: a slice would keep the whole string in memory, and could end in half a surrogate pair.
    return Buffer.from(text.slice(0, this.limits.maxStringBytes)).toString();
  }

  clipBytes(bytes: Uint8Array): Uint8Array {
    this.spend(1);
    return bytes.slice(0, this.cut(0, bytes.length));
  }

  /** One sentence a kind of trouble, so the list is bounded by the catalogue. Items are counted from 0 in the order sent. */
  errors(): string[] {
    return [...this.tally].map(([remark, { count, first }]) => {
      const { rejects, text } = REMARKS[remark];
      return `${text} (${count} ${rejects ? 'rejected' : 'times'}, first at ${this.what} ${first})`;
    });
  }

  /** Whether what was decoded looks like what was expected; else it may be another signal's. */
  isPlausible(): boolean {
    return this.items.length > 0;
  }

  note(remark: Remark): void {
    const seen = this.tally.get(remark);
    if (seen !== undefined) seen.count++;
    else this.tally.set(remark, { count: 1, first: this.items.length + this.rejected });
  }

  protected reject(remark: Remark): void {
    this.note(remark);
    this.rejected++;
  }

  protected isEarly(unixNano: bigint): boolean {
    return unixNano < EARLIEST_UNIX_NANO;
  }

  protected isLate(unixNano: bigint): boolean {
    return unixNano > this.latestUnixNano;
  }
}

/** `zero` is the id of that length which stands for none. */
export function isId(id: string, zero: string): boolean {
  return id !== '' && id !== INVALID_ID && id !== zero;
}
