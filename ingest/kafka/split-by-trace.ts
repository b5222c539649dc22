import { CodedError } from '../../engine/core/errors.ts';
import type { OtlpEncoding } from '../otlp/decode-export.ts';
import { JsonReader } from '../otlp/json-reader.ts';
import { otherSignal, refuseOtherSignal, sniffSignal } from '../otlp/other-signal.ts';
import type { Signal } from '../otlp/signal.ts';
import { WireReader } from '../otlp/wire-reader.ts';

/** Records of one trace, an export request of their own in the encoding they came in. */
export interface TracePart {
  /** '' for log records outside a trace, and for metrics. */
  readonly traceId: string;
  readonly items: number;
  readonly body: Uint8Array;
}

export interface SplitExport {
  readonly parts: readonly TracePart[];
  readonly accepted: number;
  readonly rejected: number;
  /** Why records were rejected; free of content. */
  readonly errors: readonly string[];
}

/** How an export of a signal is built, beyond what the three share: records lie in field 2 of field 2 of field 1. */
interface Shape {
  readonly signal: Signal;
  /** Tag of a record's trace id; none has 0. */
  readonly traceIdTag: number;
  readonly needsTrace: boolean;
  /** The lists in OTLP/JSON, from the outside in. */
  readonly resources: string;
  readonly scopes: string;
  readonly records: string;
}

const SHAPES: Readonly<Record<Signal, Shape>> = {
  traces: {
    signal: 'traces',
    traceIdTag: 0x0a,
    needsTrace: true,
    resources: 'resourceSpans',
    scopes: 'scopeSpans',
    records: 'spans',
  },
  logs: {
    signal: 'logs',
    traceIdTag: 0x4a,
    needsTrace: false,
    resources: 'resourceLogs',
    scopes: 'scopeLogs',
    records: 'logRecords',
  },
  metrics: {
    signal: 'metrics',
    traceIdTag: 0,
    needsTrace: false,
    resources: 'resourceMetrics',
    scopes: 'scopeMetrics',
    records: 'metrics',
  },
};

/** What all spans of a scope or resource share, as it stood in the body, and what it holds. */
interface Group<Item> {
  readonly envelope: Uint8Array[];
  readonly items: Item[];
}

interface RecordSlice {
  readonly traceId: string;
  readonly bytes: Uint8Array;
}

type ScopeGroup = Group<RecordSlice>;
type ResourceGroup = Group<ScopeGroup>;

/** Spans and groups of one request; a hostile body has millions of empty ones. */
const MOST_ITEMS = 250_000;
/** Each part repeats resource and scope. Beyond this many times the body's size, traces travel together under the key of the first. */
const MOST_GROWTH = 2;
const GROWTH_ALLOWANCE = 1024 * 1024;
/** The key under which they do. */
const REST = 'rest';
/** Tag and length around a message, at most. */
const FRAME = 8;

/**
 * Takes an export request apart into one for each of its traces, none larger than `mostBytes`, without decoding the records: they are
 * copied as they stand. Spans without a valid trace id, and records too large for a part, are rejected. Throws BAD_REQUEST for a body that
 * is not OTLP or another signal's, TOO_LARGE for one with too many records.
 */
export function splitByTrace(signal: Signal, body: Uint8Array, encoding: OtlpEncoding, mostBytes: number): SplitExport {
  if (encoding === 'json' && body.length === 0) return { parts: [], accepted: 0, rejected: 0, errors: [] };
  const shape = SHAPES[signal];
  const resources = encoding === 'protobuf' ? walkProtobuf(body, shape) : walkJson(body, shape);
  if (encoding === 'protobuf') {
    const found = sniffSignal(body);
    if (found !== undefined && found !== signal) throw otherSignal(found, signal);
  }
  const splitter = new Splitter(shape, encoding, mostBytes, MOST_GROWTH * body.length + GROWTH_ALLOWANCE);
  for (const resource of resources) {
    for (const scope of resource.items) for (const record of scope.items) splitter.add(resource, scope, record);
  }
  return splitter.finish();
}

/** A part that still grows. */
interface Draft {
  readonly traceId: string;
  readonly resources: {
    readonly of: ResourceGroup;
    readonly scopes: { readonly of: ScopeGroup; items: RecordSlice[] }[];
  }[];
  records: number;
  bytes: number;
}

class Splitter {
  private readonly shape: Shape;
  private readonly encoding: OtlpEncoding;
  private readonly mostBytes: number;
  private readonly budget: number;
  private readonly open = new Map<string, Draft>();
  private readonly drafts: Draft[] = [];
  private bytes = 0;
  private accepted = 0;
  private unnamed = 0;
  private oversized = 0;

  constructor(shape: Shape, encoding: OtlpEncoding, mostBytes: number, budget: number) {
    this.shape = shape;
    this.encoding = encoding;
    this.mostBytes = mostBytes;
    this.budget = budget;
  }

  add(resource: ResourceGroup, scope: ScopeGroup, record: RecordSlice): void {
    if (record.traceId === '' && this.shape.needsTrace) {
      this.unnamed += 1;
      return;
    }
    const shared = sizeOf(resource.envelope) + sizeOf(scope.envelope) + 4 * FRAME;
    const own = record.bytes.length + FRAME;
    // Parts that are mostly resource would multiply it.
    if (shared + own > this.mostBytes || (shared > this.mostBytes / 2 && own < shared)) {
      this.oversized += 1;
      return;
    }
    const key = this.bytes > this.budget ? REST : record.traceId;
    let draft = this.open.get(key);
    if (draft === undefined || draft.bytes + shared + own > this.mostBytes) {
      draft = { traceId: record.traceId, resources: [], records: 0, bytes: 0 };
      this.open.set(key, draft);
      this.drafts.push(draft);
    }
    let within = draft.resources.at(-1);
    let bytes = own;
    if (within?.of !== resource) {
      within = { of: resource, scopes: [] };
      draft.resources.push(within);
      bytes += sizeOf(resource.envelope) + 2 * FRAME;
    }
    let group = within.scopes.at(-1);
    if (group?.of !== scope) {
      group = { of: scope, items: [] };
      within.scopes.push(group);
      bytes += sizeOf(scope.envelope) + 2 * FRAME;
    }
    group.items.push(record);
    draft.records += 1;
    draft.bytes += bytes;
    this.bytes += bytes;
    this.accepted += 1;
  }

  finish(): SplitExport {
    const write = (draft: Draft) =>
      this.encoding === 'protobuf' ? writeProtobuf(draft) : writeJson(draft, this.shape);
    const errors: string[] = [];
    if (this.unnamed > 0) errors.push(`${this.unnamed} spans have no valid trace id`);
    if (this.oversized > 0)
      errors.push(
        `${this.oversized} ${this.shape.signal === 'traces' ? 'spans' : 'records'} are larger than a Kafka message may be`,
      );
    return {
      parts: this.drafts.map((draft) => ({ traceId: draft.traceId, items: draft.records, body: write(draft) })),
      accepted: this.accepted,
      rejected: this.unnamed + this.oversized,
      errors,
    };
  }
}

function sizeOf(slices: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const slice of slices) bytes += slice.length;
  return bytes;
}

function counter(): () => void {
  let items = 0;
  return () => {
    items += 1;
    if (items > MOST_ITEMS)
      throw new CodedError('TOO_LARGE', `the request holds more than ${MOST_ITEMS} records: send smaller batches`);
  };
}

function walkProtobuf(body: Uint8Array, shape: Shape): ResourceGroup[] {
  const r = new WireReader(body);
  const count = counter();
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
  { traceIdTag }: Shape,
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
  return { traceId: isTraceId(traceId) ? traceId : '', bytes: body.subarray(start, end) };
}

function isTraceId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id);
}

function writeProtobuf({ resources }: Draft): Uint8Array {
  const written: Uint8Array[] = [];
  for (const { of: resource, scopes } of resources) {
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

function walkJson(body: Uint8Array, shape: Shape): ResourceGroup[] {
  const r = new JsonReader(body);
  const count = counter();
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
  return { traceId: isTraceId(traceId) ? traceId : '', bytes: body.subarray(start, r.pos) };
}

const COMMA = Buffer.from(',');
const NULL = Buffer.from('null');
const OPEN = Buffer.from('{');
const CLOSE = Buffer.from(']}');

function writeJson({ resources }: Draft, shape: Shape): Uint8Array {
  const [before, beforeScopes, beforeRecords] = [shape.resources, shape.scopes, shape.records].map((name) =>
    Buffer.from(`"${name}":[`),
  );
  const written: Uint8Array[] = [OPEN, before!];
  for (const [nth, { of: resource, scopes }] of resources.entries()) {
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
