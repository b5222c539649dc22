import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { migrateOrg } from '../../engine/clickhouse/migrate.ts';
import type { Store } from '../../engine/clickhouse/store.ts';
import { insertOrg, listOrgs } from '../../engine/clickhouse/tables/orgs.ts';
import { findToken } from '../../engine/clickhouse/tables/tokens.ts';
import type { Clock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import { DEFAULT_ORG, orgDatabase } from '../../engine/core/org.ts';
import { issueTokens } from './token-book.ts';
import { tokenHash } from './token-secret.ts';

interface Credentials {
  readonly admin_token: string;
  readonly ingest_token: string;
}

/**
 * Makes sure of the org `default` and of `<data>/credentials.json` (mode 0600) with an admin and an ingest token of it. Repeating
 * it changes nothing. Tokens are stored before the file is: after a crash in between, or when the file was deleted, the next start
 * issues new ones; the old stay valid until they are revoked. A file whose tokens the store does not know (the store was wiped)
 * is replaced. The control plane must be migrated. `created` says whether the file is new.
 */
export async function firstCredentials(
  store: Store,
  dataFolder: string,
  clock: Clock,
): Promise<{ path: string; created: boolean }> {
  const path = join(dataFolder, 'credentials.json');
  await ensureDefaultOrg(store, clock);
  if (existsSync(path) && (await areKnown(store, await readCredentials(path)))) return { path, created: false };
  const [admin, ingest] = await issueTokens(store, clock, [
    { org: DEFAULT_ORG, role: 'admin', name: 'first admin' },
    { org: DEFAULT_ORG, role: 'ingest', name: 'first ingest' },
  ]);
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  await writeWhole(path, { admin_token: admin!.token, ingest_token: ingest!.token });
  return { path, created: true };
}

async function ensureDefaultOrg(store: Store, clock: Clock): Promise<void> {
  await migrateOrg(store, orgDatabase(DEFAULT_ORG));
  const orgs = await listOrgs(store);
  if (orgs.some((org) => org.slug === DEFAULT_ORG)) return;
  await insertOrg(store, { slug: DEFAULT_ORG, name: 'Default', now: clock() });
}

async function areKnown(store: Store, credentials: Credentials): Promise<boolean> {
  const admin = await findToken(store, tokenHash(credentials.admin_token));
  return admin !== undefined;
}

async function readCredentials(path: string): Promise<Credentials> {
  try {
    const parsed = JSON.parse(await readFile(path, 'utf8')) as Partial<Credentials>;
    return { admin_token: String(parsed.admin_token), ingest_token: String(parsed.ingest_token) };
  } catch (error) {
    throw new CodedError('CONFIG_INVALID', `${path} cannot be read; restore or delete it and start again`, {
      cause: error,
    });
  }
}

/** Whole or not at all: written beside, flushed, then renamed. */
async function writeWhole(path: string, credentials: Credentials): Promise<void> {
  const draft = `${path}.${randomUUID()}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(credentials, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
