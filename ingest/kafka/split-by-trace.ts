import { CodedError } from '../../engine/core/errors.ts';
import type { OtlpEncoding } from '../otlp/decode-traces.ts';
import { JsonReader } from '../otlp/json-reader.ts';
import { otherSignal, sniffOtherSignal } from '../otlp/other-signal.ts';
import { WireReader } from '../otlp/wire-reader.ts';

/** Spans of one trace, an export request of their own in the encoding they came in. */
export interface TracePart {
  readonly traceId: string;
  readonly spans: number;
  readonly body: Uint8Array;
}

export interface SplitTraces {
  readonly parts: readonly TracePart[];
  readonly accepted: number;
  readonly rejected: number;
  /** Why spans were rejected; free of content. */
  readonly errors: readonly string[];
}

/** What all spans of a scope or resource share, as it stood in the body, and what it holds. */
interface Group<Item> {
  readonly envelope: Uint8Array[];
  readonly items: Item[];
}

interface SpanSlice {
  readonly traceId: string;
  readonly bytes: Uint8Array;
}

type ScopeGroup = Group<SpanSlice>;
type ResourceGroup = Group<ScopeGroup>;

/** Spans and groups of one request; a hostile body has millions of empty ones. */
const MOST_ITEMS = 250_000;
/** Each part repeats resource and scope. Beyond this many times the body's size, traces travel together under the key of the first. */
const MOST_GROWTH = 2;
const GROWTH_ALLOWANCE = 1024 * 1024;
/** Tag and length around a message, at most. */
const FRAME = 8;

/**
 * Takes an export request apart into one for each of its traces, none larger than `mostBytes`, without decoding the spans: they are
 * copied as they stand. Spans without a valid trace id, and those too large for a part, are rejected. Throws BAD_REQUEST for a body that
 * is not OTLP or another signal's, TOO_LARGE for one with too many spans.
 */
export function splitByTrace(body: Uint8Array, encoding: OtlpEncoding, mostBytes: number): SplitTraces {
  if (encoding === 'json' && body.length === 0) return { parts: [], accepted: 0, rejected: 0, errors: [] };
  const resources = encoding === 'protobuf' ? walkProtobuf(body) : walkJson(body);
  const splitter = new Splitter(encoding, mostBytes, MOST_GROWTH * body.length + GROWTH_ALLOWANCE);
  for (const resource of resources) {
    for (const scope of resource.items) for (const span of scope.items) splitter.add(resource, scope, span);
  }
  const split = splitter.finish();
  if (split.accepted === 0 && encoding === 'protobuf') {
    const signal = sniffOtherSignal(body);
    if (signal !== undefined) throw otherSignal(signal);
  }
  return split;
}

/** A part that still grows. */
interface Draft {
  readonly traceId: string;
  readonly resources: {
    readonly of: ResourceGroup;
    readonly scopes: { readonly of: ScopeGroup; items: SpanSlice[] }[];
  }[];
  spans: number;
  bytes: number;
}

class Splitter {
  private readonly encoding: OtlpEncoding;
  private readonly mostBytes: number;
  private readonly budget: number;
  private readonly open = new Map<string, Draft>();
  private readonly drafts: Draft[] = [];
  private bytes = 0;
  private accepted = 0;
  private unnamed = 0;
  private oversized = 0;

  constructor(encoding: OtlpEncoding, mostBytes: number, budget: number) {
    this.encoding = encoding;
    this.mostBytes = mostBytes;
    this.budget = budget;
  }

  add(resource: ResourceGroup, scope: ScopeGroup, span: SpanSlice): void {
    if (span.traceId === '') {
      this.unnamed += 1;
      return;
    }
    const shared = sizeOf(resource.envelope) + sizeOf(scope.envelope) + 4 * FRAME;
    const own = span.bytes.length + FRAME;
    // Parts that are mostly resource would multiply it.
    if (shared + own > this.mostBytes || (shared > this.mostBytes / 2 && own < shared)) {
      this.oversized += 1;
      return;
    }
    const key = this.bytes > this.budget ? '' : span.traceId;
    let draft = this.open.get(key);
    if (draft === undefined || draft.bytes + shared + own > this.mostBytes) {
      draft = { traceId: span.traceId, resources: [], spans: 0, bytes: 0 };
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
    group.items.push(span);
    draft.spans += 1;
    draft.bytes += bytes;
    this.bytes += bytes;
    this.accepted += 1;
  }

  finish(): SplitTraces {
    const write = this.encoding === 'protobuf' ? writeProtobuf : writeJson;
    const errors: string[] = [];
    if (this.unnamed > 0) errors.push(`${this.unnamed} spans have no valid trace id`);
    if (this.oversized > 0) errors.push(`${this.oversized} spans are larger than a Kafka message may be`);
    return {
      parts: this.drafts.map((draft) => ({ traceId: draft.traceId, spans: draft.spans, body: write(draft) })),
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
      throw new CodedError('TOO_LARGE', `the request holds more than ${MOST_ITEMS} spans: send smaller batches`);
  };
}

/** Field numbers as in decode-protobuf.ts: spans lie in field 2 of field 2 of field 1, their trace id is field 1. */
function walkProtobuf(body: Uint8Array): ResourceGroup[] {
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
          () => walkGroup(r, body, r.enter(end), () => walkSpan(r, body, end, count), count),
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

function walkSpan(r: WireReader, body: Uint8Array, limit: number, count: () => void): SpanSlice {
  const end = r.enter(limit);
  const start = r.pos;
  let traceId = '';
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x0a) traceId = r.id(r.enter(end), 16);
    else if (tag === 0x4a) r.pos = r.enter(end);
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

function walkJson(body: Uint8Array): ResourceGroup[] {
  const r = new JsonReader(body);
  const count = counter();
  const resources: ResourceGroup[] = [];
  for (let more = r.enterObject(); more; more = r.nextMember()) {
    if (r.name === 'resourceSpans') {
      for (let item = r.enterArray(); item; item = r.nextItem()) {
        resources.push(
          walkMembers(r, body, 'scopeSpans', count, () =>
            walkMembers(r, body, 'spans', count, () => walkJsonSpan(r, body, count)),
          ),
        );
      }
    } else {
      if (r.name === 'resourceLogs') throw otherSignal('logs');
      if (r.name === 'resourceMetrics') throw otherSignal('metrics');
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

function walkJsonSpan(r: JsonReader, body: Uint8Array, count: () => void): SpanSlice {
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
const SCOPES = Buffer.from('"scopeSpans":[');
const SPANS = Buffer.from('"spans":[');
const OPEN = Buffer.from('{');
const CLOSE = Buffer.from(']}');

function writeJson({ resources }: Draft): Uint8Array {
  const written: Uint8Array[] = [Buffer.from('{"resourceSpans":[')];
  for (const [nth, { of: resource, scopes }] of resources.entries()) {
    if (nth > 0) written.push(COMMA);
    written.push(OPEN);
    for (const slice of resource.envelope) written.push(slice);
    written.push(SCOPES);
    for (const [scopeNth, { of: scope, items }] of scopes.entries()) {
      if (scopeNth > 0) written.push(COMMA);
      written.push(OPEN);
      for (const slice of scope.envelope) written.push(slice);
      written.push(SPANS);
      for (const [spanNth, { bytes }] of items.entries()) {
        if (spanNth > 0) written.push(COMMA);
        written.push(bytes);
      }
      written.push(CLOSE);
    }
    written.push(CLOSE);
  }
  written.push(CLOSE);
  return Buffer.concat(written);
}
