import { CodedError } from '../../core/errors.ts';

export interface SlotLimits {
  /** Queries that run at once. */
  readonly running: number;
  /** Queries that wait for a slot; one more is refused. */
  readonly waiting: number;
  /** Longest a caller waits for an answer, ms, waiting for the slot included. */
  readonly deadlineMs: number;
}

/**
 * At most so many queries at once. A caller gets its answer, a refusal (OVERLOADED) or QUERY_LIMIT by the deadline; the slot
 * stays taken until the engine is really done, for it cannot be interrupted within a block.
 */
export function querySlots(limits: SlotLimits): <T>(work: () => Promise<T>) => Promise<T> {
  const queue: (() => void)[] = [];
  let running = 0;

  function leave(): void {
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  }

  return <T>(work: () => Promise<T>) =>
    new Promise<T>((resolve, reject) => {
      const start = () => void work().then(resolve, reject).finally(settle);
      const timer = setTimeout(() => {
        const place = queue.indexOf(start);
        if (place >= 0) queue.splice(place, 1);
        reject(
          place >= 0
            ? new CodedError('OVERLOADED', 'No place for the query came free in time; try again shortly')
            : new CodedError('QUERY_LIMIT', 'The query took too long'),
        );
      }, limits.deadlineMs);
      function settle(): void {
        clearTimeout(timer);
        leave();
      }
      if (running < limits.running) {
        running += 1;
        start();
      } else if (queue.length < limits.waiting) {
        queue.push(start);
      } else {
        clearTimeout(timer);
        reject(new CodedError('OVERLOADED', 'Too many queries are waiting; try again shortly'));
      }
    });
}
