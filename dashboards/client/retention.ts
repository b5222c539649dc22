import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { printAnswer } from './print-answer.ts';

const retentionSchema = z.object({
  org: z.string(),
  retention_days: z.number(),
  least_days: z.number(),
  most_days: z.number(),
});

interface Options {
  /** The asker's own when left out. */
  org?: string;
  json?: boolean;
}

export async function showRetention(server: ApiClient, { org, json }: Options): Promise<void> {
  const query = org === undefined ? '' : `?org=${encodeURIComponent(org)}`;
  printAnswer(await server.call(retentionSchema, 'GET', `/retention${query}`), json, inWords);
}

export async function setRetention(server: ApiClient, days: number, { org, json }: Options): Promise<void> {
  const wish = { retention_days: days, org };
  printAnswer(await server.call(retentionSchema, 'POST', '/retention', wish), json, inWords);
}

function inWords({ org, retention_days, least_days, most_days }: z.infer<typeof retentionSchema>): string {
  return `org ${org} keeps its data for ${retention_days} days (${least_days} to ${most_days} can be set)`;
}
