import { z } from 'zod';
import type { ApiClient } from './api-client.ts';
import { printAnswer, tableOf } from './print-answer.ts';

const tokenSchema = z.object({
  id: z.string(),
  org: z.string(),
  role: z.string(),
  name: z.string(),
  created_at: z.string(),
  expires_at: z.string().nullable(),
});
const listedSchema = tokenSchema.extend({ last_used_at: z.string().nullable() });
const issuedSchema = tokenSchema.extend({ token: z.string() });

export async function listTokens(server: ApiClient, { json }: { json?: boolean }): Promise<void> {
  const { items } = await server.call(z.object({ items: z.array(listedSchema) }), 'GET', '/tokens');
  printAnswer(items, json, () =>
    tableOf(items, ['id', 'org', 'role', 'name', 'created_at', 'expires_at', 'last_used_at']),
  );
}

/** The secret goes to standard output by itself, so that a script can take it; what is said about it goes to standard error. */
export async function createToken(
  server: ApiClient,
  {
    json,
    ...wanted
  }: { org?: string; role: string; name: string; expires_in_days?: number | undefined; json?: boolean },
): Promise<void> {
  const issued = await server.call(issuedSchema, 'POST', '/tokens', wanted);
  process.stderr.write(`token ${issued.id}, ${issued.role} of ${issued.org}; its secret is shown this once\n`);
  printAnswer(issued, json, ({ token }) => token);
}

export async function revokeToken(server: ApiClient, id: string, { json }: { json?: boolean }): Promise<void> {
  await server.fetch('DELETE', `/tokens/${encodeURIComponent(id)}`);
  printAnswer({ id, revoked: true }, json, () => `token ${id} is revoked`);
}
