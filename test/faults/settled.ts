import type { Alert } from '../../engine/core/alert.ts';
import { DEFAULT_SCHEDULE } from '../../engine/core/rule.ts';
import { type RunningServer, until } from '../running-server.ts';

interface Evaluated {
  schedule: string;
  evaluated_to: string | null;
}

/** Resolves when every rule of the default schedule has looked at everything that is stored. */
export async function rulesAreThrough(server: RunningServer, ingested?: string, patienceMs = 25_000): Promise<void> {
  const latest = ingested ?? ((await server.sql('SELECT max(IngestedAt) FROM otel_traces')) as [[string]])[0][0];
  const stored = `${latest.replace(' ', 'T')}Z`;
  await until(
    async () => {
      const { items } = await server.get<{ items: Evaluated[] }>('/rules');
      const prompt = items.filter(({ schedule }) => schedule === DEFAULT_SCHEDULE);
      return prompt.every(({ evaluated_to: to }) => to !== null && to > stored);
    },
    patienceMs,
    'rules that have seen every span',
  );
}

/** Every alert there is, page by page. */
export async function allAlerts(server: RunningServer): Promise<Alert[]> {
  const alerts: Alert[] = [];
  let cursor: string | null = '';
  do {
    const page: { items: Alert[]; next_cursor: string | null } = await server.get(
      `/alerts?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    alerts.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return alerts;
}
