import { CodedError } from '../../engine/core/errors.ts';
import type { Signal } from './signal.ts';
import { WireReader } from './wire-reader.ts';

/** By the member that holds everything in OTLP/JSON. */
const MEMBERS: ReadonlyMap<string, Signal> = new Map([
  ['resourceSpans', 'traces'],
  ['resourceLogs', 'logs'],
  ['resourceMetrics', 'metrics'],
]);

/** Throws BAD_REQUEST when a member of a body at the door of `expected` is that of another signal. */
export function refuseOtherSignal(member: string, expected: Signal): void {
  const signal = MEMBERS.get(member);
  if (signal !== undefined && signal !== expected) throw otherSignal(signal, expected);
}

export function otherSignal(signal: Signal, expected: Signal): CodedError {
  return new CodedError('BAD_REQUEST', `the body holds ${signal}, not ${expected}: send it to /v1/${signal}`);
}

/**
 * Says which signal a protobuf body is an export of, as far as its first record tells; a wrong one is a common slip in exporter
 * settings. The three signals share the field numbers of everything around their records.
 */
export function sniffSignal(body: Uint8Array): Signal | undefined {
  try {
    const r = new WireReader(body);
    const end = enterFirst(r, 0x0a, r.end) && enterFirst(r, 0x12, r.end) && enterFirst(r, 0x12, r.end);
    return end ? signalOf(r, end) : undefined;
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}

/** Enters the first field with this tag that is not empty; returns its end, 0 when there is none. */
function enterFirst(r: WireReader, wanted: number, end: number): number {
  while (r.pos < end) {
    const tag = r.tag();
    if (tag !== wanted) r.skip(tag, end);
    else {
      const inner = r.enter(end);
      if (inner > r.pos) return inner;
    }
  }
  return 0;
}

/**
 * LogRecord: 1 = time, 11 = observed time (both fixed64), 2 = severity number (varint).
 * Span: 7 = start, 8 = end (both fixed64). Metric: 1 = name, and no fixed64 anywhere.
 */
function signalOf(r: WireReader, end: number): Signal | undefined {
  let named = false;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x09 || tag === 0x59 || tag === 0x10) return 'logs';
    if (tag === 0x39 || tag === 0x41) return 'traces';
    if (tag === 0x0a) named = /^[\x20-\x7e]+$/.test(r.text(r.enter(end)));
    else r.skip(tag, end);
  }
  return named ? 'metrics' : undefined;
}
