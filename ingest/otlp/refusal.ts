import { CodedError } from '../../engine/core/errors.ts';
import type { Refusal } from './rpc-status.ts';

/** How long a sender should wait at least. Overload passes within a few inserts, an outage does not. */
const RETRY_AFTER_SECONDS: Readonly<Record<number, number>> = { 429: 1, 502: 5, 503: 5, 504: 5 };

/**
 * The answer to an error. A status that asks for a retry says when: the error's own `extra.retryAfterSeconds`, else a default.
 * Whatever is not in the catalogue is a fault of ours in reading the request, which would be the same with every retry: 500.
 */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof CodedError)) return { status: 500, message: 'the receiver failed to read the request' };
  const { status, message } = error;
  const fallback = RETRY_AFTER_SECONDS[status];
  if (fallback === undefined) return { status, message };
  const wanted = error.extra['retryAfterSeconds'];
  const retryAfterSeconds = typeof wanted === 'number' && wanted >= 0 ? Math.ceil(wanted) : fallback;
  return { status, message, retryAfterSeconds };
}

/**
 * What a sender is told when a step behind the receiver fails. A refusal of the request itself (4xx) and what is marked as passing
 * goes through as it is. Everything else becomes a 503: the batch may be fine and only the sender still has it, and of the 5xx
 * statuses OTLP retries 502 to 504 but never 500. Senders bound their retries, so a batch that can't be stored is not sent for ever.
 */
export function passingUnlessRefused(error: unknown, message: string): CodedError {
  if (error instanceof CodedError && (error.retryable || error.status < 500)) return error;
  return new CodedError('STORE_UNAVAILABLE', message, { cause: error });
}

/** Whether an error is a fault of ours or of what is behind us. */
export function isFault(error: unknown): boolean {
  return !(error instanceof CodedError) || (error.status >= 500 && error.code !== 'SHUTTING_DOWN');
}
