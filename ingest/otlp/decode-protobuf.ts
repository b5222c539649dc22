import { type Attributes, type AttributeValue, emptyAttributes } from '../../engine/core/attributes.ts';
import type { Resource, Span, SpanEvent, SpanLink } from '../../engine/core/span.ts';
import { newCounts, newScope, newSpan, type ScopeDraft, spanKind, statusCode } from './span-draft.ts';
import { GROUP_WEIGHT, SPAN_WEIGHT, type TraceBatch } from './trace-batch.ts';
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

function readResource(r: WireReader, end: number, batch: TraceBatch, into: Attributes, before: number): number {
  let count = before;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x0a) readAttribute(r, r.enter(end), batch, into, ++count);
    else r.skip(tag, end);
  }
  r.leave(end);
  return count;
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

function readScope(r: WireReader, end: number, batch: TraceBatch, into: ScopeDraft, before: number): number {
  let count = before;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x0a) into.name = readText(r, r.enter(end), batch);
    else if (tag === 0x12) into.version = readText(r, r.enter(end), batch);
    else if (tag === 0x1a) readAttribute(r, r.enter(end), batch, into.attributes, ++count);
    else r.skip(tag, end);
  }
  r.leave(end);
  return count;
}

function readSpan(r: WireReader, end: number, batch: TraceBatch, span: Span): void {
  batch.spend(SPAN_WEIGHT);
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

/** Reads a KeyValue, the `nth` of its list. Of duplicate keys the last wins. */
function readAttribute(r: WireReader, end: number, batch: TraceBatch, into: Attributes, nth: number): void {
  if (batch.admits('attributes', nth)) readKeyValue(r, end, batch, into, 0);
  else r.pos = end;
}

function readKeyValue(r: WireReader, end: number, batch: TraceBatch, into: Attributes, depth: number): void {
  let key = '';
  let value: AttributeValue = null;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x0a) key = readKey(r, r.enter(end), batch);
    else if (tag === 0x12) value = readValue(r, r.enter(end), batch, value, depth);
    else r.skip(tag, end);
  }
  r.leave(end);
  into[key] = value;
}

/** Reads an AnyValue on top of what came before it in the same field. */
function readValue(
  r: WireReader,
  end: number,
  batch: TraceBatch,
  before: AttributeValue,
  depth: number,
): AttributeValue {
  let value = before;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x0a) value = readText(r, r.enter(end), batch);
    else if (tag === 0x18) value = r.int64();
    else if (tag === 0x21) value = r.double();
    else if (tag === 0x10) value = r.varint() !== 0;
    else if (tag === 0x2a) value = readList(r, r.enter(end), batch, value, depth + 1);
    else if (tag === 0x32) value = readMap(r, r.enter(end), batch, value, depth + 1);
    else if (tag === 0x3a) value = readBytes(r, r.enter(end), batch);
    else r.skip(tag, end);
  }
  r.leave(end);
  return value;
}

function readList(
  r: WireReader,
  end: number,
  batch: TraceBatch,
  before: AttributeValue,
  depth: number,
): AttributeValue {
  const list: AttributeValue[] = Array.isArray(before) ? before : [];
  if (!batch.reaches(depth)) {
    r.pos = end;
    return list;
  }
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x0a) {
      batch.spend(1);
      list.push(readValue(r, r.enter(end), batch, null, depth));
    } else r.skip(tag, end);
  }
  r.leave(end);
  return list;
}

function readMap(r: WireReader, end: number, batch: TraceBatch, before: AttributeValue, depth: number): AttributeValue {
  const map = isMap(before) ? before : emptyAttributes();
  if (!batch.reaches(depth)) {
    r.pos = end;
    return map;
  }
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x0a) {
      batch.spend(1);
      readKeyValue(r, r.enter(end), batch, map, depth);
    } else r.skip(tag, end);
  }
  r.leave(end);
  return map;
}

function isMap(value: AttributeValue): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

function readText(r: WireReader, end: number, batch: TraceBatch): string {
  const text = r.text(batch.cut(r.pos, end));
  r.pos = end;
  return text;
}

function readKey(r: WireReader, end: number, batch: TraceBatch): string {
  const key = r.key(batch.cut(r.pos, end));
  r.pos = end;
  return key;
}

function readBytes(r: WireReader, end: number, batch: TraceBatch): Uint8Array {
  batch.spend(1);
  const bytes = r.bytes(batch.cut(r.pos, end));
  r.pos = end;
  return bytes;
}
