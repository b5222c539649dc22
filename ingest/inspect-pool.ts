import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { CodedError, type ErrorCode } from '../engine/core/errors.ts';
import type { Forwarded } from './gateway/inspect-forward.ts';
import type { InspectTask, RefusedTask } from './inspect-worker.ts';
import type { Inspected } from './inspected.ts';
import type { InspectedMessages, MessagesTask } from './kafka/inspect-messages.ts';
import { ownsBuffer } from './let-go.ts';
import type { SecondScanOptions } from './second-scan/create-second-scanners.ts';

export interface InspectPool {
  /** Throws BAD_REQUEST or TOO_LARGE for a body that can't be decoded, STORE_UNAVAILABLE when a worker failed or took too long. */
  inspect(task: InspectTask): Promise<Inspected>;
  /** The same for a gateway. */
  forward(task: InspectTask): Promise<Forwarded>;
  /** The same for messages of Kafka. The error of a worker that failed or took too long has `extra.lost`. The task's buffer is handed over. */
  inspectQueued(task: MessagesTask): Promise<InspectedMessages>;
  close(): Promise<void>;
}

/** Longest that one request may keep a worker; the worker is then replaced and the sender told to come back. */
const DEADLINE_MS = 60_000;
/** Most heap of one worker; a request that needs more ends the worker, not the process. */
const MOST_HEAP_MB = 512;
/** Spans die young, but those of a request live together: with half of this they were copied into the old generation and collected there. */
const YOUNG_HEAP_MB = 48;

/**
 * Decoding and inspecting are most of the work on a span and nothing but computing, so they run on threads of their own: the main
 * thread stays free for receiving, rules and the API. No more threads than processors.
 */
export function createInspectPool(
  secondScan: SecondScanOptions,
  threads = Math.min(4, availableParallelism()),
): InspectPool {
  const pool = new Piscina<InspectTask | MessagesTask, Inspected | Forwarded | InspectedMessages | RefusedTask>({
    filename: new URL('./inspect-worker.ts', import.meta.url).href,
    workerData: secondScan,
    minThreads: threads,
    maxThreads: threads,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB, maxYoungGenerationSizeMb: YOUNG_HEAP_MB },
  });

  async function run<T>(task: InspectTask | MessagesTask, options: { name?: string; transferList?: ArrayBuffer[] }) {
    const answer = await pool
      .run(task, { ...options, signal: AbortSignal.timeout(DEADLINE_MS) })
      .catch((error: Error) => {
        // The message could hold content; the name is enough to find the fault.
        const message = `the request could not be inspected (${error.name})`;
        throw new CodedError('STORE_UNAVAILABLE', message, { cause: error, extra: { lost: true } });
      });
    if ('refused' in answer && !Array.isArray(answer.refused)) {
      const { code, message, extra } = (answer as RefusedTask).refused;
      throw new CodedError(code as ErrorCode, message, { extra });
    }
    return answer as T;
  }

  return {
    inspect: (task) =>
      run<Inspected>(task, { transferList: ownsBuffer(task.body) ? [task.body.buffer as ArrayBuffer] : [] }),
    forward: (task) => run<Forwarded>(task, { name: 'forward' }),
    inspectQueued: (task) =>
      run<InspectedMessages>(task, { name: 'inspectQueued', transferList: [task.values.buffer as ArrayBuffer] }),
    close: () => pool.close(),
  };
}
