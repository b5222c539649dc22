import type { OtlpEncoding } from '../otlp/decode-export.ts';
import { otherSignal, sniffSignal } from '../otlp/other-signal.ts';
import type { Signal } from '../otlp/signal.ts';
import {
  type ExportShape,
  type RecordSlice,
  type ResourceGroup,
  type ScopeGroup,
  sizeOf,
  type TreeSelection,
} from './export-tree.ts';
import { readJsonTree, writeJsonTree } from './json-export-tree.ts';
import { readProtobufTree, writeProtobufTree } from './protobuf-export-tree.ts';

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

const SHAPES: Readonly<Record<Signal, ExportShape>> = {
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
  const resources = encoding === 'protobuf' ? readProtobufTree(body, shape) : readJsonTree(body, shape);
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
  readonly selection: TreeSelection;
  records: number;
  bytes: number;
}

class Splitter {
  private readonly shape: ExportShape;
  private readonly encoding: OtlpEncoding;
  private readonly mostBytes: number;
  private readonly budget: number;
  private readonly open = new Map<string, Draft>();
  private readonly drafts: Draft[] = [];
  private bytes = 0;
  private accepted = 0;
  private unnamed = 0;
  private oversized = 0;

  constructor(shape: ExportShape, encoding: OtlpEncoding, mostBytes: number, budget: number) {
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
      draft = { traceId: record.traceId, selection: [], records: 0, bytes: 0 };
      this.open.set(key, draft);
      this.drafts.push(draft);
    }
    let within = draft.selection.at(-1);
    let bytes = own;
    if (within?.of !== resource) {
      within = { of: resource, scopes: [] };
      draft.selection.push(within);
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
    const write = ({ selection }: Draft) =>
      this.encoding === 'protobuf' ? writeProtobufTree(selection) : writeJsonTree(selection, this.shape);
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
