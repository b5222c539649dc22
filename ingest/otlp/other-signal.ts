import { CodedError } from '../../engine/core/errors.ts';
import { WireReader } from './wire-reader.ts';

export type OtherSignal = 'logs' | 'metrics';

export function otherSignal(signal: OtherSignal): CodedError {
  return new CodedError('BAD_REQUEST', `the body holds ${signal}, not traces: send it to /v1/${signal}`);
}

/**
 * Says whether a protobuf body that made no valid span is a logs or metrics export, a common slip in exporter settings. The three
 * signals share the field numbers of everything around their records, so only the first record can tell.
 */
export function sniffOtherSignal(body: Uint8Array): OtherSignal | undefined {
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
function signalOf(r: WireReader, end: number): OtherSignal | undefined {
  let named = false;
  while (r.pos < end) {
    const tag = r.tag();
    if (tag === 0x09 || tag === 0x59 || tag === 0x10) return 'logs';
    if (tag === 0x39 || tag === 0x41) return undefined;
    if (tag === 0x0a) named = /^[\x20-\x7e]+$/.test(r.text(r.enter(end)));
    else r.skip(tag, end);
  }
  return named ? 'metrics' : undefined;
}
