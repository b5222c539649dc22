import { type Attributes, type AttributeValue, emptyAttributes } from '../../engine/core/attributes.ts';
import type { ExportBatch } from './export-batch.ts';
import type { JsonReader } from './json-reader.ts';
import type { ScopeDraft } from './span-draft.ts';

/* What the messages of all signals share: resources, scopes, attributes and values. */

type Batch = ExportBatch<unknown>;

export function readResource(r: JsonReader, batch: Batch, into: Attributes): void {
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'attributes') readAttributes(r, batch, into);
    else r.skip();
  }
}

export function readScope(r: JsonReader, batch: Batch, into: ScopeDraft): void {
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'name') into.name = batch.clip(r.text());
    else if (r.name === 'version') into.version = batch.clip(r.text());
    else if (r.name === 'attributes') readAttributes(r, batch, into.attributes);
    else r.skip();
  }
}

/** Reads a list of KeyValues and returns how many there were. Of duplicate keys the last wins. */
export function readAttributes(r: JsonReader, batch: Batch, into: Attributes): number {
  let count = 0;
  for (let item = r.enterArray(); item; item = r.nextItem()) {
    if (batch.admits('attributes', ++count)) readKeyValue(r, batch, into, 0);
    else r.skip();
  }
  return count;
}

function readKeyValue(r: JsonReader, batch: Batch, into: Attributes, depth: number): void {
  let key = '';
  let value: AttributeValue = null;
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'key') key = batch.clip(r.key());
    else if (r.name === 'value') value = readValue(r, batch, depth);
    else r.skip();
  }
  into[key] = value;
}

/** Reads an AnyValue; of several members the last that is not null wins. `depth` is that of the list or map it stands in, 0 for none. */
export function readValue(r: JsonReader, batch: Batch, depth: number): AttributeValue {
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

function readList(r: JsonReader, batch: Batch, depth: number): AttributeValue {
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

function readMap(r: JsonReader, batch: Batch, depth: number): AttributeValue {
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
