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

  async function enter(signal: AbortSignal): Promise<void> {
    if (running < limits.running) {
      running += 1;
      return;
    }
    if (queue.length >= limits.waiting)
      throw new CodedError('OVERLOADED', 'Too many queries are waiting; try again shortly');
    await new Promise<void>((go, give) => {
      queue.push(go);
      signal.addEventListener('abort', () => {
        const place = queue.indexOf(go);
        if (place < 0) return;
        queue.splice(place, 1);
        give(new CodedError('OVERLOADED', 'No query slot came free in time; try again shortly'));
      });
    });
  }

  function leave(): void {
    const next = queue.shift();
    if (next) next();
    else running -= 1;
  }

  return async <T>(work: () => Promise<T>): Promise<T> => {
    const deadline = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        deadline.abort();
        reject(new CodedError('QUERY_LIMIT', 'The query took too long'));
      }, limits.deadlineMs);
    });
    const done = enter(deadline.signal).then(() => work().finally(leave));
    try {
      return await Promise.race([done, late]);
    } finally {
      clearTimeout(timer);
      done.catch(() => {});
      late.catch(() => {});
    }
  };
}
