import { CodedError } from '../../engine/core/errors.ts';
import type { Span, SpanLink } from '../../engine/core/span.ts';
import type { DecodeLimits } from './decode-limits.ts';
import type { SpanCounts } from './span-draft.ts';

/** What can be wrong with one span. The texts are all that is ever said about it: none of its content. */
const REMARKS = {
  traceId: { rejects: true, text: 'the trace id is not 16 bytes, or all zero' },
  spanId: { rejects: true, text: 'the span id is not 8 bytes, or all zero' },
  parentSpanId: { rejects: true, text: 'the parent span id is neither empty nor 8 bytes' },
  startMissing: { rejects: true, text: 'the start time is missing or no unsigned 64-bit integer' },
  startEarly: { rejects: true, text: 'the start time is before the year 2000 (is it in nanoseconds?)' },
  startLate: { rejects: true, text: 'the start time is too far in the future' },
  endLate: { rejects: true, text: 'the end time is too far in the future' },
  attributes: { rejects: false, text: 'too many attributes, the rest was dropped' },
  events: { rejects: false, text: 'too many events, the rest was dropped' },
  links: { rejects: false, text: 'too many links, the rest was dropped' },
  linkId: { rejects: false, text: 'a link without valid ids was dropped' },
  depth: { rejects: false, text: 'an attribute value was nested too deep, its inside was dropped' },
  length: { rejects: false, text: 'a value was too long and was cut' },
  eventTime: { rejects: false, text: 'an event time was out of range and became the start time of its span' },
  noSpans: { rejects: false, text: 'the body has no member resourceSpans (keys of OTLP/JSON are in lowerCamelCase)' },
} as const satisfies Record<string, { rejects: boolean; text: string }>;

type Remark = keyof typeof REMARKS;

const LISTS = {
  attributes: { weight: 1, limit: 'maxAttributes' },
  events: { weight: 2, limit: 'maxEvents' },
  links: { weight: 3, limit: 'maxLinks' },
} as const satisfies Record<string, { weight: number; limit: keyof DecodeLimits }>;

export const SPAN_WEIGHT = 4;
/** Of a resource, and of a scope. */
export const GROUP_WEIGHT = 2;

/** What decoders make of an id of a wrong length. Can't be taken for hex. */
export const INVALID_ID = 'invalid';

const ZERO_TRACE_ID = '0'.repeat(32);
const ZERO_SPAN_ID = '0'.repeat(16);

const EARLIEST_UNIX_NANO = BigInt(Date.UTC(2000, 0, 1)) * 1_000_000n;

/**
 * Gathers what one request decodes into: the valid spans, and a tally of what was wrong with the others. A span is rejected
 * only when it can't be placed (ids, times); of a span that is too big the excess is dropped, so that nobody who can inflate a
 * span can hide it.
 */
export class TraceBatch {
  readonly limits: DecodeLimits;
  readonly spans: Span[] = [];
  rejected = 0;
  /** Of what was met so far; see DecodeLimits. */
  weight = 0;

  private readonly latestUnixNano: bigint;
  private readonly tally = new Map<Remark, { count: number; first: number }>();

  constructor(limits: DecodeLimits, nowUnixMs: number) {
    this.limits = limits;
    this.latestUnixNano = BigInt(Math.floor(nowUnixMs) + limits.maxFutureMs) * 1_000_000n;
  }

  /** Counts what is about to be kept. Throws TOO_LARGE beyond the limit. */
  spend(weight: number): void {
    this.weight += weight;
    if (this.weight > this.limits.maxWeight) {
      throw new CodedError(
        'TOO_LARGE',
        'too many spans, events, links and attributes in one request: send smaller batches',
      );
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

  /** Takes a decoded link if its ids are valid. */
  addLink(links: SpanLink[], link: SpanLink): void {
    if (isId(link.traceId, ZERO_TRACE_ID) && isId(link.spanId, ZERO_SPAN_ID)) links.push(link);
    else this.note('linkId');
  }

  /** Takes a decoded span if it is valid. An id of a wrong length arrives as INVALID_ID, an absent one as '', an absent time as 0. */
  add(span: Span, counts: SpanCounts): void {
    const fault = this.faultOf(span);
    if (fault !== undefined) {
      this.note(fault);
      this.rejected++;
      return;
    }
    // A span exported before its end has no end time; a clock set back gives one before its start.
    if (span.endTimeUnixNano < span.startTimeUnixNano) span.endTimeUnixNano = span.startTimeUnixNano;
    if (span.parentSpanId === ZERO_SPAN_ID) span.parentSpanId = '';
    for (const event of span.events) {
      if (event.timeUnixNano >= EARLIEST_UNIX_NANO && event.timeUnixNano <= this.latestUnixNano) continue;
      this.note('eventTime');
      event.timeUnixNano = span.startTimeUnixNano;
    }
    this.recordDropped(span, counts);
    this.spans.push(span);
  }

  /** One sentence a kind of trouble, so the list is bounded by the catalogue. Spans are counted from 0 in the order sent. */
  errors(): string[] {
    return [...this.tally].map(([remark, { count, first }]) => {
      const { rejects, text } = REMARKS[remark];
      return `${text} (${count} ${rejects ? 'rejected' : 'times'}, first at span ${first})`;
    });
  }

  /** Under the names that OpenTelemetry specifies for formats without a field for it. */
  private recordDropped(span: Span, counts: SpanCounts): void {
    const { maxAttributes, maxEvents, maxLinks } = this.limits;
    const attributes = counts.droppedAttributes + Math.max(0, counts.attributes - maxAttributes);
    const events = counts.droppedEvents + Math.max(0, counts.events - maxEvents);
    const links = counts.droppedLinks + Math.max(0, counts.links - maxLinks);
    if (attributes > 0) span.attributes['otel.dropped_attributes_count'] = attributes;
    if (events > 0) span.attributes['otel.dropped_events_count'] = events;
    if (links > 0) span.attributes['otel.dropped_links_count'] = links;
  }

  note(remark: Remark): void {
    const seen = this.tally.get(remark);
    if (seen !== undefined) seen.count++;
    else this.tally.set(remark, { count: 1, first: this.spans.length + this.rejected });
  }

  private faultOf(span: Span): Remark | undefined {
    if (!isId(span.traceId, ZERO_TRACE_ID)) return 'traceId';
    if (!isId(span.spanId, ZERO_SPAN_ID)) return 'spanId';
    if (span.parentSpanId === INVALID_ID) return 'parentSpanId';
    if (span.startTimeUnixNano === 0n) return 'startMissing';
    if (span.startTimeUnixNano < EARLIEST_UNIX_NANO) return 'startEarly';
    if (span.startTimeUnixNano > this.latestUnixNano) return 'startLate';
    if (span.endTimeUnixNano > this.latestUnixNano) return 'endLate';
    return undefined;
  }
}

function isId(id: string, zero: string): boolean {
  return id !== '' && id !== INVALID_ID && id !== zero;
}
