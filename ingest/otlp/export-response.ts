import type { OtlpEncoding } from './decode-export.ts';
import type { Signal } from './signal.ts';
import { messageField, textField, varintField } from './wire-writer.ts';

const REJECTED: Readonly<Record<Signal, string>> = {
  traces: 'rejectedSpans',
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
};

/** An Export...ServiceResponse: on the wire the same for all signals. `partialSuccess` is left unset when there is nothing to say; `rejected` 0 with errors is a warning. */
export function exportResponse(
  signal: Signal,
  encoding: OtlpEncoding,
  rejected: number,
  errors: readonly string[],
): Buffer {
  const errorMessage = errors.join('; ');
  const partial = rejected > 0 || errorMessage !== '';
  if (encoding === 'json') {
    // A 64-bit integer is text in proto3's JSON.
    const partialSuccess = { [REJECTED[signal]]: String(rejected), errorMessage };
    return Buffer.from(JSON.stringify(partial ? { partialSuccess } : {}));
  }
  return partial ? messageField(1, [varintField(1, rejected), textField(2, errorMessage)]) : Buffer.alloc(0);
}
