import { WireReader } from '../otlp/wire-reader.ts';
import {
  type ExportShape,
  type ExportTree,
  type Group,
  itemCounter,
  type RecordSlice,
  type ResourceGroup,
  sizeOf,
  type TreeSelection,
  validTraceId,
} from './export-tree.ts';

/** Takes an OTLP/protobuf request apart without decoding its records. Throws BAD_REQUEST and TOO_LARGE. */
export function readProtobufTree(body: Uint8Array, shape: ExportShape): ExportTree {
  const r = new WireReader(body);
  const count = itemCounter();
  const resources: ResourceGroup[] = [];
  while (r.pos < r.end) {
    const tag = r.tag();
    if (tag !== 0x0a) r.skip(tag, r.end);
    else {
      count();
      const end = r.enter(r.end);
      resources.push(
        walkGroup(
          r,
          body,
          end,
          () => walkGroup(r, body, r.enter(end), () => walkRecord(r, body, end, shape, count), count),
          count,
        ),
      );
    }
  }
  return resources;
}

function walkGroup<Item>(
  r: WireReader,
  body: Uint8Array,
  end: number,
  item: () => Item,
  count: () => void,
): Group<Item> {
  const group: Group<Item> = { envelope: [], items: [] };
  while (r.pos < end) {
    const start = r.pos;
    const tag = r.tag();
    if (tag === 0x12) {
      count();
      group.items.push(item());
    } else {
      count();
      r.skip(tag, end);
      group.envelope.push(body.subarray(start, r.pos));
    }
  }
  r.leave(end);
  return group;
}

function walkRecord(
  r: WireReader,
  body: Uint8Array,
  limit: number,
  { traceIdTag }: ExportShape,
  count: () => void,
): RecordSlice {
  const end = r.enter(limit);
  const start = r.pos;
  let traceId = '';
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === traceIdTag) traceId = r.id(r.enter(end), 16);
    else r.skip(tag, end);
  }
  r.leave(end);
  count();
  return { traceId: validTraceId(traceId), bytes: body.subarray(start, end) };
}

/** The request that holds a selection of records. */
export function writeProtobufTree(selection: TreeSelection): Uint8Array {
  const written: Uint8Array[] = [];
  for (const { of: resource, scopes } of selection) {
    const inner: Uint8Array[] = [...resource.envelope];
    for (const { of: scope, items } of scopes) {
      const spans: Uint8Array[] = [...scope.envelope];
      for (const { bytes } of items) spans.push(frame(0x12, bytes.length), bytes);
      inner.push(frame(0x12, sizeOf(spans)));
      for (const slice of spans) inner.push(slice);
    }
    written.push(frame(0x0a, sizeOf(inner)));
    for (const slice of inner) written.push(slice);
  }
  return Buffer.concat(written);
}

function frame(tag: number, length: number): Uint8Array {
  const bytes = [tag];
  let rest = length;
  for (; rest >= 0x80; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
