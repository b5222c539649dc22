import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createAuthenticator } from '../../../dashboards/auth/authenticator.ts';
import { firstCredentials } from '../../../dashboards/auth/first-credentials.ts';
import { listOrgs } from '../../../engine/clickhouse/tables/orgs.ts';
import { listTokens } from '../../../engine/clickhouse/tables/tokens.ts';
import { systemClock } from '../../../engine/core/clock.ts';
import { temporaryStore } from '../../temporary-store.ts';

let at: Awaited<ReturnType<typeof temporaryStore>>;
beforeAll(async () => {
  at = await temporaryStore();
});
const first = () => firstCredentials(at.store, at.folder, systemClock);
const read = async (path: string) => JSON.parse(await readFile(path, 'utf8'));

describe('the first start', () => {
  it('makes org default and a file that only its owner reads, once', async () => {
    const { path, created } = await first();
    expect(created).toBe(true);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const credentials = await read(path);
    expect(Object.keys(credentials)).toEqual(['admin_token', 'ingest_token']);
    expect((await listOrgs(at.store)).map(({ slug }) => slug)).toEqual(['default']);

    expect(await first()).toEqual({ path, created: false });
    expect(await read(path)).toEqual(credentials);
    expect(await listTokens(at.store, undefined)).toHaveLength(2);
  });

  it('keeps no secret in the store', async () => {
    const { admin_token: secret } = await read(join(at.folder, 'credentials.json'));
    expect(JSON.stringify(await listTokens(at.store, undefined))).not.toContain(secret);
  });

  it('issues tokens that work for what their role may', async () => {
    const { admin_token: admin, ingest_token: ingest } = await read(join(at.folder, 'credentials.json'));
    const authenticator = createAuthenticator(at.store, systemClock);
    expect(await authenticator.authenticate(`Bearer ${admin}`)).toMatchObject({ org: 'default', role: 'admin' });
    expect(await authenticator.authenticateIngest(`bearer ${ingest}`)).toEqual({ org: 'default' });
    await expect(authenticator.authenticateIngest(undefined)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  it('issues new tokens when a crash came between storing them and writing the file', async () => {
    const path = join(at.folder, 'credentials.json');
    const before = await read(path);
    await rm(path);
    expect((await first()).created).toBe(true);
    expect(await read(path)).not.toEqual(before);
    const authenticator = createAuthenticator(at.store, systemClock);
    expect(await authenticator.authenticate(`Bearer ${before.admin_token}`)).toMatchObject({ role: 'admin' });
  });

  it('replaces a file whose tokens the store does not know', async () => {
    const path = join(at.folder, 'credentials.json');
    await writeFile(
      path,
      JSON.stringify({ admin_token: `spw_${'a'.repeat(43)}`, ingest_token: `spw_${'b'.repeat(43)}` }),
    );
    expect((await first()).created).toBe(true);
    expect((await first()).created).toBe(false);
  });

  it('stops at a file that cannot be read, rather than write over it', async () => {
    const path = join(at.folder, 'credentials.json');
    await writeFile(path, 'not json');
    await expect(first()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await rm(path);
  });
});
