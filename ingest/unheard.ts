import { CodedError } from '../engine/core/errors.ts';

/** Rules may have closed their windows over the ingest times of a process that was silent for too long. */
export function unheard(): CodedError {
  return new CodedError(
    'OVERLOADED',
    'this process could not tell the others for too long how far it is: try again later',
  );
}
