import { CodedError } from './errors.ts';

export type Turns = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Lets `most` pieces of work run at a time, in the order in which they were asked for. Where there is a `limit`, a piece that would wait
 * behind so many others throws OVERLOADED.
 */
export function createTurns(most: number, limit?: { readonly waiting: number; readonly refusal: string }): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= most) {
      if (limit && waiting.length >= limit.waiting) throw new CodedError('OVERLOADED', limit.refusal);
      await new Promise<void>((go) => waiting.push(go));
    } else running += 1;
    try {
      return await work();
    } finally {
      // The place goes over to who waited longest.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
