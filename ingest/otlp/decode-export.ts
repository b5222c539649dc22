import { CodedError } from '../../engine/core/errors.ts';
import type { ExportBatch } from './export-batch.ts';
import { otherSignal, sniffSignal } from './other-signal.ts';
import type { Signal } from './signal.ts';

export type OtlpEncoding = 'protobuf' | 'json';

/** How the body of one signal is read. */
export interface SignalDecoder<Batch> {
  readonly signal: Signal;
  readonly protobuf: (body: Uint8Array, batch: Batch) => void;
  readonly json: (body: Uint8Array, batch: Batch) => void;
}

/**
 * Decodes the body of an OTLP export into a batch. Throws BAD_REQUEST for a body that is not OTLP, or another signal's, and
 * TOO_LARGE for one with too much in it. A record that is not valid only costs itself.
 */
export function decodeExport<Batch extends ExportBatch<unknown>>(
  body: Uint8Array,
  encoding: OtlpEncoding,
  batch: Batch,
  decoder: SignalDecoder<Batch>,
): Batch {
  if (encoding === 'protobuf') decodeUnlessOtherSignal(body, batch, decoder);
  else if (body.length > 0) decoder.json(body, batch);
  return batch;
}

/** Another signal's body can decode without an error, into nothing that is valid or nothing that says much. */
function decodeUnlessOtherSignal<Batch extends ExportBatch<unknown>>(
  body: Uint8Array,
  batch: Batch,
  { signal: expected, protobuf }: SignalDecoder<Batch>,
): void {
  let failure: unknown;
  try {
    protobuf(body, batch);
    if (batch.isPlausible() || body.length === 0) return;
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    failure = error;
  }
  const signal = sniffSignal(body);
  if (signal !== undefined && signal !== expected) throw otherSignal(signal, expected);
  if (failure !== undefined) throw failure;
}
