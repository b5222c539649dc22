import { JsonReader } from '../otlp/json-reader.ts';
import { refuseOtherSignal } from '../otlp/other-signal.ts';
import {
  type ExportShape,
  type ExportTree,
  type Group,
  itemCounter,
  type RecordSlice,
  type ResourceGroup,
  type TreeSelection,
  validTraceId,
} from './export-tree.ts';

const COMMA = Buffer.from(',');
const NULL = Buffer.from('null');
const OPEN = Buffer.from('{');
const CLOSE = Buffer.from(']}');

/** Takes an OTLP/JSON request apart without decoding its records. Throws BAD_REQUEST, also for another signal's, and TOO_LARGE. */
export function readJsonTree(body: Uint8Array, shape: ExportShape): ExportTree {
  const r = new JsonReader(body);
  const count = itemCounter();
  const resources: ResourceGroup[] = [];
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === shape.resources) {
      for (let item = r.enterArray(); item; item = r.nextItem()) {
        resources.push(
          walkMembers(r, body, shape.scopes, count, () =>
            walkMembers(r, body, shape.records, count, () => walkJsonRecord(r, body, count)),
          ),
        );
      }
    } else {
      refuseOtherSignal(r.name, shape.signal);
      r.skip();
    }
  }
  r.finish();
  return resources;
}

function walkMembers<Item>(
  r: JsonReader,
  body: Uint8Array,
  list: string,
  count: () => void,
  item: () => Item,
): Group<Item> {
  count();
  const group: Group<Item> = { envelope: [], items: [] };
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    count();
    if (r.name === list) {
      for (let next = r.enterArray(); next; next = r.nextItem()) group.items.push(item());
    } else {
      const name = Buffer.from(`${JSON.stringify(r.name)}:`);
      const start = r.pos;
      r.skip();
      group.envelope.push(name, body.subarray(start, r.pos), COMMA);
    }
  }
  return group;
}

function walkJsonRecord(r: JsonReader, body: Uint8Array, count: () => void): RecordSlice {
  count();
  if (r.takeNull()) return { traceId: '', bytes: NULL };
  const start = r.pos;
  let traceId = '';
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'traceId') traceId = r.id(16);
    else r.skip();
  }
  return { traceId: validTraceId(traceId), bytes: body.subarray(start, r.pos) };
}

/** The request that holds a selection of records. */
export function writeJsonTree(selection: TreeSelection, shape: ExportShape): Uint8Array {
  const [before, beforeScopes, beforeRecords] = [shape.resources, shape.scopes, shape.records].map((name) =>
    Buffer.from(`"${name}":[`),
  );
  const written: Uint8Array[] = [OPEN, before!];
  for (const [nth, { of: resource, scopes }] of selection.entries()) {
    if (nth > 0) written.push(COMMA);
    written.push(OPEN);
    for (const slice of resource.envelope) written.push(slice);
    written.push(beforeScopes!);
    for (const [scopeNth, { of: scope, items }] of scopes.entries()) {
      if (scopeNth > 0) written.push(COMMA);
      written.push(OPEN);
      for (const slice of scope.envelope) written.push(slice);
      written.push(beforeRecords!);
      for (const [recordNth, { bytes }] of items.entries()) {
        if (recordNth > 0) written.push(COMMA);
        written.push(bytes);
      }
      written.push(CLOSE);
    }
    written.push(CLOSE);
  }
  written.push(CLOSE);
  return Buffer.concat(written);
}
