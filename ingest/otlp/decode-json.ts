import { emptyAttributes } from '../../engine/core/attributes.ts';
import type { Resource, Span, SpanEvent, SpanLink } from '../../engine/core/span.ts';
import { GROUP_WEIGHT, RECORD_WEIGHT } from './export-batch.ts';
import { readAttributes, readResource, readScope } from './json-attributes.ts';
import { JsonReader } from './json-reader.ts';
import { refuseOtherSignal } from './other-signal.ts';
import { newCounts, newScope, newSpan, spanKind, statusCode } from './span-draft.ts';
import type { TraceBatch } from './trace-batch.ts';

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
      refuseOtherSignal(r.name, 'traces');
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

function readSpan(r: JsonReader, batch: TraceBatch, span: Span): void {
  batch.spend(RECORD_WEIGHT);
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
