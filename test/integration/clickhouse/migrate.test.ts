import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { migrateControl, migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { OTEL_TRACES_COLUMNS } from '../../../engine/clickhouse/tables/otel-traces.ts';
import { temporaryStore } from '../../temporary-store.ts';

const { store } = await temporaryStore();

describe('migrations', () => {
  it('apply nothing the second time', async () => {
    expect(await migrateControl(store)).toEqual([]);
    expect(await migrateOrg(store, 'org_default')).toEqual([]);
  });

  it('are applied again when a crash kept them from being recorded', async () => {
    await store.command('TRUNCATE TABLE migrations', {}, { database: 'org_default' });
    const files = readdirSync(new URL('../../../sql/migrations/org', import.meta.url)).sort();
    expect(await migrateOrg(store, 'org_default')).toEqual(files);
  });

  it('name the file and the reason when one fails', async () => {
    await store.command('CREATE DATABASE org_broken');
    await store.command('CREATE TABLE otel_traces (a Int8) ENGINE = Memory', {}, { database: 'org_broken' });
    await expect(migrateOrg(store, 'org_broken')).rejects.toMatchObject({
      code: 'MIGRATION_FAILED',
      message: expect.stringMatching(/^0001_otel_traces\.sql failed on org_broken: /),
    });
  });

  it('refuse to go on over a migration that was changed afterwards', async () => {
    await store.command(
      "INSERT INTO migrations (name, checksum, applied_at) VALUES ('0001_otel_traces.sql', 'another', now64(3) + 1)",
      {},
      { database: 'org_default' },
    );
    await expect(migrateOrg(store, 'org_default')).rejects.toThrow(/was changed after it had been applied/);
  });

  it('give the spans table exactly the columns that are written', async () => {
    const columns = await store.query<{ name: string }>(
      "SELECT name FROM system.columns WHERE database = 'org_default' AND table = 'otel_traces' ORDER BY position",
    );
    expect(columns.map((column) => column.name).sort()).toEqual([...OTEL_TRACES_COLUMNS].sort());
  });
});
