import { CodedError } from '../../engine/core/errors.ts';
import type { Signal } from '../otlp/signal.ts';

/** How an export of a signal is built, beyond what the three share: records lie in field 2 of field 2 of field 1. */
export interface ExportShape {
  readonly signal: Signal;
  /** Tag of a record's trace id; none has 0. */
  readonly traceIdTag: number;
  readonly needsTrace: boolean;
  /** The lists in OTLP/JSON, from the outside in. */
  readonly resources: string;
  readonly scopes: string;
  readonly records: string;
}

/** An export request, taken apart down to its records, which stand as they came. */
export type ExportTree = readonly ResourceGroup[];

/** What all spans of a scope or resource share, as it stood in the body, and what it holds. */
export interface Group<Item> {
  readonly envelope: Uint8Array[];
  readonly items: Item[];
}

export interface RecordSlice {
  readonly traceId: string;
  readonly bytes: Uint8Array;
}

export type ScopeGroup = Group<RecordSlice>;
export type ResourceGroup = Group<ScopeGroup>;

/** Some records of a tree, each within its scope and resource: what is written as a request of its own. */
export type TreeSelection = {
  readonly of: ResourceGroup;
  readonly scopes: { readonly of: ScopeGroup; readonly items: RecordSlice[] }[];
}[];

/** Spans and groups of one request; a hostile body has millions of empty ones. */
const MOST_ITEMS = 250_000;

/** Counts what a body holds. Throws TOO_LARGE. */
export function itemCounter(): () => void {
  let items = 0;
  return () => {
    items += 1;
    if (items > MOST_ITEMS)
      throw new CodedError('TOO_LARGE', `the request holds more than ${MOST_ITEMS} records: send smaller batches`);
  };
}

export function sizeOf(slices: readonly Uint8Array[]): number {
  let bytes = 0;
  for (const slice of slices) bytes += slice.length;
  return bytes;
}

/** '' for what is no trace id. */
export function validTraceId(id: string): string {
  return /^[0-9a-f]{32}$/.test(id) && !/^0+$/.test(id) ? id : '';
}
