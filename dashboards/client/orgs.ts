import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { printAnswer, tableOf } from './print-answer.ts';

const orgSchema = z.object({
  slug: z.string(),
  name: z.string(),
  created_at: z.string(),
  retention_days: z.number(),
});

export async function listOrgs(server: ApiClient, { json }: { json?: boolean }): Promise<void> {
  const { items } = await server.call(z.object({ items: z.array(orgSchema) }), 'GET', '/orgs');
  printAnswer(items, json, () => tableOf(items, ['slug', 'name', 'created_at', 'retention_days']));
}

export async function createOrg(
  server: ApiClient,
  slug: string,
  { name, json }: { name: string; json?: boolean },
): Promise<void> {
  const made = await server.call(orgSchema, 'POST', '/orgs', { slug, name });
  printAnswer(made, json, (org) => `org ${org.slug} is there; make tokens for it with "tokens create"`);
}
