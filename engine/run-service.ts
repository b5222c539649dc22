import { once } from 'node:events';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** A Ctrl-C reaches us from the terminal and once more from npm: the same wish. */
const SAME_WISH_MS = 1_000;

const LOOK_FOR_PARENT_MS = 500;

/**
 * Runs a service until a signal asks it to stop, at any moment: `begin` starts its parts, hands over how each is stopped, and
 * looks at `stopping` between its steps (`throwIfAborted`). Parts are stopped in reverse order, also when `begin` throws. Whoever
 * asks a second time ends the process at once, with exit code 1. `withParent` also stops it when its parent is gone: npx puts a
 * shell in between that dies of a signal without passing it on.
 */
export async function runService(
  begin: (parts: AsyncDisposableStack, stopping: AbortSignal) => Promise<void>,
  { withParent }: { withParent: boolean },
): Promise<void> {
  const stop = new AbortController();
  let asked = Number.POSITIVE_INFINITY;
  const ask = () => {
    const now = performance.now();
    if (now - asked > SAME_WISH_MS) process.exit(1);
    asked = Math.min(asked, now);
    stop.abort();
  };
  for (const signal of SIGNALS) process.on(signal, ask);
  const parent = process.ppid;
  const watch = setInterval(() => withParent && process.ppid !== parent && stop.abort(), LOOK_FOR_PARENT_MS).unref();
  const parts = new AsyncDisposableStack();
  try {
    await begin(parts, stop.signal);
    if (!stop.signal.aborted) await once(stop.signal, 'abort');
  } catch (error) {
    if (error !== stop.signal.reason) throw error;
  } finally {
    clearInterval(watch);
    await parts.disposeAsync();
    for (const signal of SIGNALS) process.off(signal, ask);
  }
}
