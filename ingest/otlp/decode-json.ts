import { type Attributes, type AttributeValue, emptyAttributes } from '../../engine/core/attributes.ts';
import type { Resource, Span, SpanEvent, SpanLink } from '../../engine/core/span.ts';
import { JsonReader } from './json-reader.ts';
import { otherSignal } from './other-signal.ts';
import { newCounts, newScope, newSpan, type ScopeDraft, spanKind, statusCode } from './span-draft.ts';
import { GROUP_WEIGHT, SPAN_WEIGHT, type TraceBatch } from './trace-batch.ts';

/**
 * Decodes an ExportTraceServiceRequest in OTLP's JSON straight into spans. Names are those of opentelemetry-proto 1.x in
 * lowerCamelCase; any other member is an unknown field and skipped. A member that comes twice: the last wins, lists are joined.
 */
export function decodeJson(body: Uint8Array, batch: TraceBatch): void {
  const r = new JsonReader(body);
  let members = 0;
  let known = 0;
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    members++;
    if (r.name === 'resourceSpans') {
      known++;
      for (let item = r.enterArray(); item; item = r.nextItem()) readResourceSpans(r, batch);
    } else {
      if (r.name === 'resourceLogs') throw otherSignal('logs');
      if (r.name === 'resourceMetrics') throw otherSignal('metrics');
      r.skip();
    }
  }
  r.finish();
  if (members > 0 && known === 0) batch.note('noSpans');
}

function readResourceSpans(r: JsonReader, batch: TraceBatch): void {
  batch.spend(GROUP_WEIGHT);
  const resource = { attributes: emptyAttributes() };
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'scopeSpans') {
      for (let item = r.enterArray(); item; item = r.nextItem()) readScopeSpans(r, batch, resource);
    } else if (r.name === 'resource') readResource(r, batch, resource.attributes);
    else r.skip();
  }
}

function readResource(r: JsonReader, batch: TraceBatch, into: Attributes): void {
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'attributes') readAttributes(r, batch, into);
    else r.skip();
  }
}

function readScopeSpans(r: JsonReader, batch: TraceBatch, resource: Resource): void {
  batch.spend(GROUP_WEIGHT);
  const scope = newScope();
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'spans') {
      for (let item = r.enterArray(); item; item = r.nextItem()) readSpan(r, batch, newSpan(resource, scope));
    } else if (r.name === 'scope') readScope(r, batch, scope);
    else r.skip();
  }
}

function readScope(r: JsonReader, batch: TraceBatch, into: ScopeDraft): void {
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'name') into.name = batch.clip(r.text());
    else if (r.name === 'version') into.version = batch.clip(r.text());
    else if (r.name === 'attributes') readAttributes(r, batch, into.attributes);
    else r.skip();
  }
}

function readSpan(r: JsonReader, batch: TraceBatch, span: Span): void {
  batch.spend(SPAN_WEIGHT);
  const counts = newCounts();
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    const { name } = r;
    if (name === 'traceId') span.traceId = r.id(16);
    else if (name === 'spanId') span.spanId = r.id(8);
    else if (name === 'traceState') span.traceState = batch.clip(r.text());
    else if (name === 'parentSpanId') span.parentSpanId = r.id(8);
    else if (name === 'name') span.name = batch.clip(r.text());
    else if (name === 'kind') span.kind = spanKind(r.enumNumber());
    else if (name === 'startTimeUnixNano') span.startTimeUnixNano = r.uint64();
    else if (name === 'endTimeUnixNano') span.endTimeUnixNano = r.uint64();
    else if (name === 'attributes') counts.attributes += readAttributes(r, batch, span.attributes);
    else if (name === 'droppedAttributesCount') counts.droppedAttributes = r.count();
    else if (name === 'events') counts.events += readEvents(r, batch, span.events);
    else if (name === 'droppedEventsCount') counts.droppedEvents = r.count();
    else if (name === 'links') counts.links += readLinks(r, batch, span.links);
    else if (name === 'droppedLinksCount') counts.droppedLinks = r.count();
    else if (name === 'status') readStatus(r, batch, span);
    else r.skip();
  }
  batch.add(span, counts);
}

function readStatus(r: JsonReader, batch: TraceBatch, span: Span): void {
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'message') span.statusMessage = batch.clip(r.text());
    else if (r.name === 'code') span.statusCode = statusCode(r.enumNumber());
    else r.skip();
  }
}

function readEvents(r: JsonReader, batch: TraceBatch, into: SpanEvent[]): number {
  let count = 0;
  for (let item = r.enterArray(); item; item = r.nextItem()) {
    if (!batch.admits('events', ++count)) {
      r.skip();
      continue;
    }
    const event: SpanEvent = { timeUnixNano: 0n, name: '', attributes: emptyAttributes() };
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      if (r.name === 'timeUnixNano') event.timeUnixNano = r.uint64();
      else if (r.name === 'name') event.name = batch.clip(r.text());
      else if (r.name === 'attributes') readAttributes(r, batch, event.attributes);
      else r.skip();
    }
    into.push(event);
  }
  return count;
}

function readLinks(r: JsonReader, batch: TraceBatch, into: SpanLink[]): number {
  let count = 0;
  for (let item = r.enterArray(); item; item = r.nextItem()) {
    if (!batch.admits('links', ++count)) {
      r.skip();
      continue;
    }
    const link: SpanLink = { traceId: '', spanId: '', traceState: '', attributes: emptyAttributes() };
    for (let more = r.enterObject(); more; more = r.nextMember()) {
      if (r.name === 'traceId') link.traceId = r.id(16);
      else if (r.name === 'spanId') link.spanId = r.id(8);
      else if (r.name === 'traceState') link.traceState = batch.clip(r.text());
      else if (r.name === 'attributes') readAttributes(r, batch, link.attributes);
      else r.skip();
    }
    batch.addLink(into, link);
  }
  return count;
}

/** Reads a list of KeyValues and returns how many there were. Of duplicate keys the last wins. */
function readAttributes(r: JsonReader, batch: TraceBatch, into: Attributes): number {
  let count = 0;
  for (let item = r.enterArray(); item; item = r.nextItem()) {
    if (batch.admits('attributes', ++count)) readKeyValue(r, batch, into, 0);
    else r.skip();
  }
  return count;
}

function readKeyValue(r: JsonReader, batch: TraceBatch, into: Attributes, depth: number): void {
  let key = '';
  let value: AttributeValue = null;
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'key') key = batch.clip(r.key());
    else if (r.name === 'value') value = readValue(r, batch, depth);
    else r.skip();
  }
  into[key] = value;
}

/** Reads an AnyValue; of several members the last that is not null wins. */
function readValue(r: JsonReader, batch: TraceBatch, depth: number): AttributeValue {
  let value: AttributeValue = null;
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    const { name } = r;
    if (r.takeNull()) continue;
    if (name === 'stringValue') value = batch.clip(r.text());
    else if (name === 'intValue') value = r.int64();
    else if (name === 'doubleValue') value = r.double();
    else if (name === 'boolValue') value = r.boolean();
    else if (name === 'arrayValue') value = readList(r, batch, depth + 1);
    else if (name === 'kvlistValue') value = readMap(r, batch, depth + 1);
    else if (name === 'bytesValue') value = batch.clipBytes(r.bytes());
    else r.skip();
  }
  return value;
}

function readList(r: JsonReader, batch: TraceBatch, depth: number): AttributeValue {
  const list: AttributeValue[] = [];
  if (!batch.reaches(depth)) {
    r.skip();
    return list;
  }
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name !== 'values') r.skip();
    else {
      for (let item = r.enterArray(); item; item = r.nextItem()) {
        batch.spend(1);
        list.push(readValue(r, batch, depth));
      }
    }
  }
  return list;
}

function readMap(r: JsonReader, batch: TraceBatch, depth: number): AttributeValue {
  const map = emptyAttributes();
  if (!batch.reaches(depth)) {
    r.skip();
    return map;
  }
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name !== 'values') r.skip();
    else {
      for (let item = r.enterArray(); item; item = r.nextItem()) {
        batch.spend(1);
        readKeyValue(r, batch, map, depth);
      }
    }
  }
  return map;
}
