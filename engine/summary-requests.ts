import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Store } from './clickhouse/store.ts';
import {
  findSummaryRequest,
  openSummaryRequests,
  type SummaryRequest,
  saveSummaryRequest,
} from './clickhouse/tables/summary-requests.ts';
import type { Clock } from './core/clock.ts';
import { CodedError } from './core/errors.ts';
import { timestampText } from './core/timestamp.ts';
import type { RunProgress, RunWish, Summariser } from './summaries/summariser.ts';

const LOOK_EVERY_MS = 1_000;
/** How far a run is, is told this often. */
const TELL_EVERY_MS = 1_000;

/** Has the org's engine, which is another process, do a run, and follows it. Who stops following does not stop it. */
export async function askEngine(
  { store, database, clock }: { store: Store; database: string; clock: Clock },
  wish: RunWish,
  onProgress: (progress: RunProgress) => void,
  signal: AbortSignal,
): Promise<RunProgress> {
  const asked_at = timestampText(clock() * 1_000);
  const id = randomUUID();
  await saveSummaryRequest(store, database, {
    id,
    asked_at,
    wish: JSON.stringify(wish),
    state: 'open',
    progress: '',
    step: 0,
  });
  for (let step = 0; ; ) {
    signal.throwIfAborted();
    const request = await findSummaryRequest(store, database, id);
    if (request?.state === 'failed')
      throw new CodedError('CONFLICT', 'The engine could not do the run; its log says why');
    if (request !== undefined && request.step > step && request.progress !== '') {
      step = request.step;
      const progress = JSON.parse(request.progress) as RunProgress;
      if (request.state === 'done') return progress;
      onProgress(progress);
    }
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Does the runs that other processes asked for. One that is cut off is taken up again: what it had done is not due any more. */
export async function answerRequests(
  { store, database, elapsed }: { store: Store; database: string; elapsed: () => number },
  run: Summariser['run'],
  signal: AbortSignal,
): Promise<void> {
  for (const request of await openSummaryRequests(store, database)) {
    let { step } = request;
    let told = elapsed();
    const save = (state: SummaryRequest['state'], progress: string) => {
      step += 1;
      return saveSummaryRequest(store, database, { ...request, state, progress, step });
    };
    const wish = JSON.parse(request.wish) as RunWish;
    let telling = Promise.resolve();
    const tell = (progress: RunProgress) => {
      if (elapsed() - told < TELL_EVERY_MS) return;
      told = elapsed();
      telling = telling.then(() => save('open', JSON.stringify(progress))).catch(() => undefined);
    };
    try {
      const progress = await run(wish, tell, signal);
      await telling;
      if (signal.aborted) return;
      await save('done', JSON.stringify(progress));
    } catch (error) {
      await telling;
      // Not this process's to do any more; whoever holds the org takes it up.
      if (signal.aborted || (error instanceof CodedError && error.code === 'CONFLICT')) return;
      await save('failed', '');
      throw error;
    }
  }
}
