import { emptyAttributes } from '../../engine/core/attributes.ts';
import type { Resource, Span, SpanEvent, SpanLink } from '../../engine/core/span.ts';
import { GROUP_WEIGHT, RECORD_WEIGHT } from './export-batch.ts';
import { readAttribute, readResource, readScope, readText } from './protobuf-attributes.ts';
import { newCounts, newScope, newSpan, spanKind, statusCode } from './span-draft.ts';
import type { TraceBatch } from './trace-batch.ts';
import { WireReader } from './wire-reader.ts';

/**
 * Decodes an ExportTraceServiceRequest off the wire straight into spans, without the generic messages that generated code makes
 * in between. The numbers are tags (field number × 8 + wire type) of opentelemetry-proto 1.x; any other tag is an unknown field
 * and skipped. As protobuf asks, a message that comes twice is merged and the last of a repeated singular field wins.
 */
export function decodeProtobuf(body: Uint8Array, batch: TraceBatch): void {
  const r = new WireReader(body);
  while (r.pos < r.end) {
    const tag = r.tag();
    if (tag === 0x0a) readResourceSpans(r, r.enter(r.end), batch);
    else r.skip(tag, r.end);
  }
}

function readResourceSpans(r: WireReader, end: number, batch: TraceBatch): void {
  batch.spend(GROUP_WEIGHT);
  // May come after the spans that share it, or in parts: filled where it is met.
  const resource = { attributes: emptyAttributes() };
  let attributes = 0;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x12) readScopeSpans(r, r.enter(end), batch, resource);
    else if (tag === 0x0a) attributes = readResource(r, r.enter(end), batch, resource.attributes, attributes);
    else r.skip(tag, end);
  }
  r.leave(end);
}

function readScopeSpans(r: WireReader, end: number, batch: TraceBatch, resource: Resource): void {
  batch.spend(GROUP_WEIGHT);
  const scope = newScope();
  let attributes = 0;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x12) {
      readSpan(r, r.enter(end), batch, newSpan(resource, scope));
    } else if (tag === 0x0a) attributes = readScope(r, r.enter(end), batch, scope, attributes);
    else r.skip(tag, end);
  }
  r.leave(end);
}

function readSpan(r: WireReader, end: number, batch: TraceBatch, span: Span): void {
  batch.spend(RECORD_WEIGHT);
  const counts = newCounts();
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x4a) readAttribute(r, r.enter(end), batch, span.attributes, ++counts.attributes);
    else if (tag === 0x0a) span.traceId = r.id(r.enter(end), 16);
    else if (tag === 0x12) span.spanId = r.id(r.enter(end), 8);
    else if (tag === 0x1a) span.traceState = readText(r, r.enter(end), batch);
    else if (tag === 0x22) span.parentSpanId = r.id(r.enter(end), 8);
    else if (tag === 0x2a) span.name = readText(r, r.enter(end), batch);
    else if (tag === 0x30) span.kind = spanKind(r.varint());
    else if (tag === 0x39) span.startTimeUnixNano = r.fixed64();
    else if (tag === 0x41) span.endTimeUnixNano = r.fixed64();
    else if (tag === 0x50) counts.droppedAttributes = r.varint();
    else if (tag === 0x5a) readEvent(r, r.enter(end), batch, span.events, ++counts.events);
    else if (tag === 0x60) counts.droppedEvents = r.varint();
    else if (tag === 0x6a) readLink(r, r.enter(end), batch, span.links, ++counts.links);
    else if (tag === 0x70) counts.droppedLinks = r.varint();
    else if (tag === 0x7a) readStatus(r, r.enter(end), batch, span);
    else r.skip(tag, end);
  }
  r.leave(end);
  batch.add(span, counts);
}

function readStatus(r: WireReader, end: number, batch: TraceBatch, span: Span): void {
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x12) span.statusMessage = readText(r, r.enter(end), batch);
    else if (tag === 0x18) span.statusCode = statusCode(r.varint());
    else r.skip(tag, end);
  }
  r.leave(end);
}

function readEvent(r: WireReader, end: number, batch: TraceBatch, into: SpanEvent[], nth: number): void {
  if (!batch.admits('events', nth)) {
    r.pos = end;
    return;
  }
  const event: SpanEvent = { timeUnixNano: 0n, name: '', attributes: emptyAttributes() };
  let attributes = 0;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x09) event.timeUnixNano = r.fixed64();
    else if (tag === 0x12) event.name = readText(r, r.enter(end), batch);
    else if (tag === 0x1a) readAttribute(r, r.enter(end), batch, event.attributes, ++attributes);
    else r.skip(tag, end);
  }
  r.leave(end);
  into.push(event);
}

function readLink(r: WireReader, end: number, batch: TraceBatch, into: SpanLink[], nth: number): void {
  if (!batch.admits('links', nth)) {
    r.pos = end;
    return;
  }
  const link: SpanLink = { traceId: '', spanId: '', traceState: '', attributes: emptyAttributes() };
  let attributes = 0;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x0a) link.traceId = r.id(r.enter(end), 16);
    else if (tag === 0x12) link.spanId = r.id(r.enter(end), 8);
    else if (tag === 0x1a) link.traceState = readText(r, r.enter(end), batch);
    else if (tag === 0x22) readAttribute(r, r.enter(end), batch, link.attributes, ++attributes);
    else r.skip(tag, end);
  }
  r.leave(end);
  batch.addLink(into, link);
}
