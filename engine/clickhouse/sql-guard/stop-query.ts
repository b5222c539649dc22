import type { Store } from '../store.ts';

/** Tells the engine to end the statement that runs under this name, if it still does; it ends between two blocks. */
export async function stopQuery(store: Store, name: string): Promise<void> {
  await store.query("KILL QUERY WHERE Settings['log_comment'] = {name: String} ASYNC", { name });
}
