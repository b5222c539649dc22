import { type Attributes, type AttributeValue, emptyAttributes } from '../../engine/core/attributes.ts';
import type { ExportBatch } from './export-batch.ts';
import type { ScopeDraft } from './span-draft.ts';
import type { WireReader } from './wire-reader.ts';

/*
 * What the messages of all signals share: resources, scopes, attributes and values. The numbers are tags (field number × 8 +
 * wire type) of opentelemetry-proto 1.x.
 */

type Batch = ExportBatch<unknown>;

/** Reads a Resource on top of what came before it; answers how many attributes there were until now. */
export function readResource(r: WireReader, end: number, batch: Batch, into: Attributes, before: number): number {
  let count = before;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x0a) readAttribute(r, r.enter(end), batch, into, ++count);
    else r.skip(tag, end);
  }
  r.leave(end);
  return count;
}

/** The same for an InstrumentationScope. */
export function readScope(r: WireReader, end: number, batch: Batch, into: ScopeDraft, before: number): number {
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

/** Reads a KeyValue, the `nth` of its list. Of duplicate keys the last wins. */
export function readAttribute(r: WireReader, end: number, batch: Batch, into: Attributes, nth: number): void {
  if (batch.admits('attributes', nth)) readKeyValue(r, end, batch, into, 0);
  else r.pos = end;
}

export function readText(r: WireReader, end: number, batch: Batch): string {
  const text = r.text(batch.cut(r.pos, end));
  r.pos = end;
  return text;
}

/** Reads an AnyValue on top of what came before it in the same field; `depth` is that of the list or map it stands in, 0 for none. */
export function readValue(
  r: WireReader,
  end: number,
  batch: Batch,
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

function readList(r: WireReader, end: number, batch: Batch, before: AttributeValue, depth: number): AttributeValue {
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

function readMap(r: WireReader, end: number, batch: Batch, before: AttributeValue, depth: number): AttributeValue {
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

function readKey(r: WireReader, end: number, batch: Batch): string {
  const key = r.key(batch.cut(r.pos, end));
  r.pos = end;
  return key;
}

function readBytes(r: WireReader, end: number, batch: Batch): Uint8Array {
  batch.spend(1);
  const bytes = r.bytes(batch.cut(r.pos, end));
  r.pos = end;
  return bytes;
}

function readKeyValue(r: WireReader, end: number, batch: Batch, into: Attributes, depth: number): void {
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
