import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { printAnswer, tableOf } from './print-answer.ts';

const erasureSchema = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.string(),
  requested_at: z.string(),
  due_at: z.string(),
  finished_at: z.string().nullable(),
  spans: z.number(),
  other_rows: z.number(),
  archived_rows: z.number(),
  error: z.string(),
});
type Erasure = z.infer<typeof erasureSchema>;

export interface EraseOptions {
  /** Stays until it is done. */
  wait?: boolean;
  json?: boolean;
}

const ASK_EVERY_MS = 500;

/** Asks for an erasure. */
export async function erase(server: ApiClient, kind: string, id: string, { wait, json }: EraseOptions): Promise<void> {
  let erasure: Erasure = await server.call(erasureSchema, 'POST', '/erasures', { kind, id });
  const query = kind === 'org' ? `?org=${encodeURIComponent(id)}` : '';
  while (wait === true && erasure.state !== 'done') {
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    erasure = await server.call(erasureSchema, 'GET', `/erasures/${erasure.id}${query}`);
  }
  printAnswer(erasure, json, inWords);
}

export async function listErasures(server: ApiClient, { json }: { json?: boolean }): Promise<void> {
  const { items } = await server.call(z.object({ items: z.array(erasureSchema) }), 'GET', '/erasures');
  const names = ['id', 'kind', 'state', 'requested_at', 'finished_at', 'spans', 'other_rows', 'archived_rows'] as const;
  printAnswer(items, json, () => tableOf(items, names));
}

function inWords({ id, kind, state, spans, other_rows, archived_rows, due_at }: Erasure): string {
  return state === 'done'
    ? `erasure ${id} of a ${kind} is done: ${spans} spans, ${other_rows} other rows, ${archived_rows} archived rows`
    : `erasure ${id} of a ${kind} is taken; it is done before ${due_at}`;
}
