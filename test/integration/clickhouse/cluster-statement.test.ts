import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { clusterStatements } from '../../../engine/clickhouse/cluster-statement.ts';
import { clusterStore } from '../../../engine/clickhouse/cluster-store.ts';
import { CLUSTER_SETTINGS } from '../../../engine/clickhouse/connect.ts';
import { migrateControl, migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { applyRetention } from '../../../engine/clickhouse/retention.ts';
import type { Store } from '../../../engine/clickhouse/store.ts';
import { temporaryStore } from '../../temporary-store.ts';

const { store } = await temporaryStore();

/** The engine's own parser. */
async function parses(statement: string): Promise<string> {
  const [row] = await store.query<{ text: string }>('SELECT formatQuerySingleLine({statement: String}) AS text', {
    statement,
  });
  return row!.text;
}

/** Every statement that a fresh cluster is sent, in order. Nothing runs: there is no cluster here. */
async function sentToCluster(work: (store: Store) => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  await work(
    clusterStore({ ...store, query: async () => [], command: async (sql) => void sent.push(sql) } as Store, 'main'),
  );
  return sent.filter((sql) => !/^(?:--.*\n)*INSERT/.test(sql));
}

describe('on a cluster', () => {
  it('every migration and view becomes statements that the engine can read', async () => {
    const sent = [
      ...(await sentToCluster((cluster) => migrateControl(cluster))),
      ...(await sentToCluster((cluster) => migrateOrg(cluster, 'org_default'))),
    ];
    expect(sent.length).toBeGreaterThan(60);
    for (const statement of sent) {
      const text = await parses(statement);
      expect(text).toContain('ON CLUSTER main');
      expect(text, 'a table that one node alone has').not.toMatch(
        /ENGINE = (?:\w+MergeTree)\b(?<!Replicated\w*MergeTree)/,
      );
    }
  });

  it('each table has a Replicated and a Distributed half, and no migration is left out', async () => {
    const sent = await sentToCluster((cluster) => migrateOrg(cluster, 'org_default'));
    const files = globSync('sql/migrations/org/*.sql').map((file) => readFileSync(file, 'utf8'));
    const tables = files.flatMap((text) =>
      [...text.matchAll(/^CREATE TABLE IF NOT EXISTS (\w+)/gm)].map(([, name]) => name!),
    );
    for (const table of tables) {
      expect(sent.find((sql) => sql.startsWith(`CREATE TABLE IF NOT EXISTS ${table}_local `))).toMatch(
        /ENGINE = Replicated/,
      );
      expect(sent.some((sql) => sql.startsWith(`CREATE TABLE IF NOT EXISTS ${table} ON CLUSTER`))).toBe(true);
    }
    const altered = new Set(
      files.flatMap((text) => [...text.matchAll(/^ALTER TABLE (\w+)/gm)].map(([, name]) => name!)),
    );
    for (const table of altered)
      expect(sent.some((sql) => sql.startsWith(`ALTER TABLE ${table}_local ON CLUSTER`))).toBe(true);
  });

  it.each([
    ['CREATE DATABASE IF NOT EXISTS `org_a`', ['CREATE DATABASE IF NOT EXISTS `org_a` ON CLUSTER `main`']],
    ['DROP DATABASE IF EXISTS org_a', ['DROP DATABASE IF EXISTS org_a ON CLUSTER `main` SYNC']],
    [
      '-- a note\nCREATE TABLE IF NOT EXISTS otel_traces\n(TraceId String)\nENGINE = ReplacingMergeTree(IngestedAt) ORDER BY TraceId',
      [
        "CREATE TABLE IF NOT EXISTS otel_traces_local ON CLUSTER `main`\n(TraceId String)\nENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{uuid}/{shard}', '{replica}', IngestedAt) ORDER BY TraceId",
        "CREATE TABLE IF NOT EXISTS otel_traces ON CLUSTER `main` AS otel_traces_local ENGINE = Distributed('main', currentDatabase(), 'otel_traces_local', sipHash64(TraceId))",
      ],
    ],
    [
      'ALTER TABLE org_a.findings ADD COLUMN IF NOT EXISTS x String',
      [
        'ALTER TABLE org_a.findings_local ON CLUSTER `main` ADD COLUMN IF NOT EXISTS x String',
        "CREATE OR REPLACE TABLE org_a.findings ON CLUSTER `main` AS org_a.findings_local ENGINE = Distributed('main', 'org_a', 'findings_local', 0)",
      ],
    ],
    [
      'ALTER TABLE `alerts` DELETE WHERE id = {id: String}',
      ['ALTER TABLE `alerts_local` ON CLUSTER `main` DELETE WHERE id = {id: String}'],
    ],
    [
      'CREATE MATERIALIZED VIEW IF NOT EXISTS v TO t AS\nSELECT a FROM otel_traces WHERE a > 0',
      [
        'CREATE MATERIALIZED VIEW IF NOT EXISTS v ON CLUSTER `main` TO t_local AS SELECT a FROM otel_traces_local WHERE a > 0',
      ],
    ],
    ['DELETE FROM otel_traces WHERE a = 1', ['DELETE FROM otel_traces_local ON CLUSTER `main` WHERE a = 1']],
    ['SELECT 1', ['SELECT 1']],
    ['CREATE TABLE scratch ENGINE = Memory AS SELECT 1', ['CREATE TABLE scratch ENGINE = Memory AS SELECT 1']],
  ])('%s', async (statement, expected) => {
    expect(clusterStatements(statement, 'main')).toEqual(expected);
    for (const text of expected) await parses(text);
  });

  it('asks for settings that there are', async () => {
    const names = Object.keys(CLUSTER_SETTINGS);
    const known = await store.query('SELECT name FROM system.settings WHERE name IN {names: Array(String)}', { names });
    expect(known).toHaveLength(names.length);
  });

  it('retention looks at the table that holds the rows', async () => {
    const local = {
      name: 'otel_traces_local',
      engine_full: 'ReplicatedMergeTree TTL toDateTime(IngestedAt) + toIntervalDay(90) SETTINGS',
    };
    const sent: string[] = [];
    const fake = {
      ...store,
      query: async () => [local, { name: 'otel_traces', engine_full: 'Distributed(...)' }],
    } as unknown as Store;
    const cluster = clusterStore({ ...fake, command: async (sql) => void sent.push(sql) }, 'main');
    expect(await applyRetention(cluster, 'org_a', 90)).toEqual([]);
    expect(await applyRetention(cluster, 'org_a', 40)).toEqual(['otel_traces']);
    expect(sent).toEqual([
      'ALTER TABLE otel_traces_local ON CLUSTER `main` MODIFY TTL toDateTime(IngestedAt) + toIntervalDay(40)',
    ]);
  });
});
