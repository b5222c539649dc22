import { CodedError } from '../engine/core/errors.ts';

/** Rules may have closed their windows over the ingest times of a process that was silent for too long. */
export function unheard(): CodedError {
  return new CodedError('STORE_UNAVAILABLE', 'the store has not heard of this process for too long: try again later');
}
