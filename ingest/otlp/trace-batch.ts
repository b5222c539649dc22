import type { Span, SpanLink } from '../../engine/core/span.ts';
import type { DecodeLimits } from './decode-limits.ts';
import { ExportBatch, INVALID_ID, isId, type Remark, ZERO_SPAN_ID, ZERO_TRACE_ID } from './export-batch.ts';
import type { SpanCounts } from './span-draft.ts';

/** The spans of one request. */
export class TraceBatch extends ExportBatch<Span> {
  constructor(limits: DecodeLimits, nowUnixMs: number) {
    super(limits, nowUnixMs, 'span');
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
      this.reject(fault);
      return;
    }
    // A span exported before its end has no end time; a clock set back gives one before its start.
    if (span.endTimeUnixNano < span.startTimeUnixNano) span.endTimeUnixNano = span.startTimeUnixNano;
    if (span.parentSpanId === ZERO_SPAN_ID) span.parentSpanId = '';
    for (const event of span.events) {
      if (!this.isEarly(event.timeUnixNano) && !this.isLate(event.timeUnixNano)) continue;
      this.note('eventTime');
      event.timeUnixNano = span.startTimeUnixNano;
    }
    this.recordDropped(span, counts);
    this.items.push(span);
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

  private faultOf(span: Span): Remark | undefined {
    if (!isId(span.traceId, ZERO_TRACE_ID)) return 'traceId';
    if (!isId(span.spanId, ZERO_SPAN_ID)) return 'spanId';
    if (span.parentSpanId === INVALID_ID) return 'parentSpanId';
    if (span.startTimeUnixNano === 0n) return 'startMissing';
    if (this.isEarly(span.startTimeUnixNano)) return 'startEarly';
    if (this.isLate(span.startTimeUnixNano)) return 'startLate';
    if (this.isLate(span.endTimeUnixNano)) return 'endLate';
    return undefined;
  }
}
