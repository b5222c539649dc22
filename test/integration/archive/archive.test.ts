import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSeal } from '../../../engine/alerts/seal.ts';
import { type ArchiveBook, createArchiveBook } from '../../../engine/archive/archive-book.ts';
import { archiveRound, pruneArchive } from '../../../engine/archive/archive-round.ts';
import { folderStore } from '../../../engine/archive/folder-store.ts';
import { archivedHours } from '../../../engine/archive/read-archive.ts';
import { restoreArchive } from '../../../engine/archive/restore-archive.ts';
import { s3Store } from '../../../engine/archive/s3-store.ts';
import { ARCHIVED_TABLES } from '../../../engine/clickhouse/archived-tables.ts';
import { migrateOrg } from '../../../engine/clickhouse/migrate.ts';
import { timestampText } from '../../../engine/core/timestamp.ts';
import { keepStored } from '../../../engine/keep-stored.ts';
import { ruleTestBench } from '../../../ingest/rule-test-bench.ts';
import { runCommand } from '../../run-command.ts';
import { BUCKET, hasS3Server, S3_CREDENTIALS, type S3Server, startS3Server } from '../../s3/s3-server.ts';
import { filesBelow, filesHolding } from '../../search-stored.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { sampleFinding, sampleRule } from '../../unit/alerts/sample-finding.ts';
import { alertingOn } from '../alerts/alerting-on-engine.ts';
import { dump, toolSpan } from './archived-rows.ts';

const HOUR = 3_600_000;
/** The start of an hour, some hours ago. */
const START = Math.floor(Date.now() / HOUR) * HOUR - 6 * HOUR;
const KEY = new Uint8Array(32).fill(5);

const { store, folder } = await temporaryStore();
const root = mkdtempSync(join(tmpdir(), 'spanwarden-archive-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const bench = ruleTestBench(store);
const noAbort = new AbortController().signal;
const clock = () => Date.now();

function bookOf(name: string): ArchiveBook {
  return createArchiveBook({
    store,
    clock,
    byDefault: 'folder',
    folder: join(root, name),
    sealFor: () => createSeal(KEY),
    s3: {},
  });
}

function roundOf(book: ArchiveBook, key?: Uint8Array, objectBytes?: number) {
  const spool = join(folder, 'archive-spool');
  return archiveRound({ store, clock, book, spool, keyOf: () => key, objectBytes }, 'default', Date.now(), noAbort);
}

const progressOf = async (book: ArchiveBook) => book.progressOf('default', await book.targetOf('default'));
const forgetProgress = () => store.command('TRUNCATE TABLE spanwarden.archive_progress');

/** The database gone and made anew from an archive; answers the rows by table. */
async function rebuild(target: ReturnType<typeof folderStore>, key = KEY) {
  await store.command('DROP DATABASE org_default SYNC');
  return restoreArchive({ store, target, org: 'default', key });
}

beforeAll(async () => {
  const rule = sampleRule();
  for (let hour = 0; hour < 3; hour++) {
    const spans = Array.from({ length: 40 }, (_, at) =>
      toolSpan({
        trace: `${hour}-${at % 7}`,
        span: `${hour}-${at}`,
        session: `session-${at % 3}`,
        user: `user-${at % 4}`,
        tool: `tool_${hour}`,
        result: `result ${at} "quoted" \\ \n für ann.lee@corp.example 🦆`,
      }),
    );
    await bench.ingest(spans, (START + hour * HOUR + 1_234) * 1_000);
  }
  // The same spans again, as a retried export brings them: only the later writing counts.
  await bench.ingest(
    [toolSpan({ trace: '0-0', span: '0-0', session: 'session-0' })],
    (START + 2 * HOUR + 5_000) * 1_000,
  );
  await bench.recordFindings([sampleFinding(rule, 'session-0', ['a', 'b'])], (START + 1_000) * 1_000);
  const summary = { session_id: 'session-1', title: 'T', work_class: 'research', summary: 'S', risks: ['none'] };
  await bench.recordSummaries([summary], (START + HOUR) * 1_000);
  const at = Object.assign(() => START + HOUR, { now: 0 });
  const alerts = alertingOn(store, 'org_default', { clock: at });
  await alerts.applyFindings(rule, [sampleFinding(rule, 'session-0', ['a', 'b'])]);
  await store.command(
    `INSERT INTO risk_contributions (entity_kind, entity_value, finding_id, rule_id, score, at)
     SELECT 'session', 'session-0', 'f', 'r', 40, {at: DateTime64(6, 'UTC')}`,
    { at: timestampText((START + HOUR) * 1_000) },
    { database: 'org_default' },
  );
});

describe('every table of an org', () => {
  it('is archived, or was decided not to be', async () => {
    const rows = await store.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = 'org_default' AND engine LIKE '%MergeTree' ORDER BY name",
    );
    const notArchived = [
      // Follow from the spans as these are inserted.
      'agent_facts',
      'agent_prompts',
      // What people set, and what was sent: in a backup, not among the events.
      'alert_policies',
      'deliveries',
      'delivery_attempts',
      'deployments',
      'destinations',
      'erasure_scope',
      'exceptions',
      'org_rules',
      'saved_queries',
      // Kept for seven days: what a process without the engine asks of the one that has it.
      'summary_requests',
      // What language models cost, and what they thought of alerts: made anew.
      'alert_triage',
      'llm_calls',
      'model_passes',
      'migrations',
    ];
    const archived = ARCHIVED_TABLES.map(({ table }) => table);
    // A new table belongs into engine/clickhouse/archived-tables.ts, or on the list above with the reason.
    expect(rows.map(({ name }) => name)).toEqual([...archived, ...notArchived].sort());
  });
});

describe('an archive in a folder', () => {
  const book = bookOf('plain');
  const target = folderStore(join(root, 'plain'));

  it('has the hours that ended, by org, day and hour, each with a manifest that is right', async () => {
    await roundOf(book);
    const hours = [];
    for await (const { folder: at, manifest } of archivedHours(target, 'default')) {
      hours.push(manifest.from);
      const [date, time] = manifest.from.split('T');
      expect(at).toBe(`default/date=${date}/hour=${time!.slice(0, 2)}/`);
      const objects = manifest.tables.flatMap((table) => table.objects);
      const files = filesBelow(join(root, 'plain', at)).filter((path) => !path.endsWith('manifest.json'));
      expect(files).toHaveLength(objects.length);
      expect(manifest.bytes).toBe(files.reduce((sum, path) => sum + readFileSync(path).length, 0));
    }
    expect(hours).toEqual([0, 1, 2].map((hour) => new Date(START + hour * HOUR).toISOString()));
    expect(await progressOf(book)).toMatchObject({ rows: 119 + 1 + 1 + 1 + 1 + 1, error: '' });
  });

  it('changes nothing when it is gone over again', async () => {
    const before = filesBelow(join(root, 'plain')).map((path) => readFileSync(path, 'utf8'));
    await roundOf(book);
    await forgetProgress();
    await roundOf(book);
    expect(filesBelow(join(root, 'plain')).map((path) => readFileSync(path, 'utf8'))).toEqual(before);
  });

  it('rebuilds the database row for row, roll-ups too, and twice is as good as once', async () => {
    const before = await dump(store);
    const facts = 'SELECT * FROM org_default.agent_facts FINAL ORDER BY ALL';
    const factsBefore = await store.query(facts);
    expect(before['otel_traces']).toHaveLength(121);
    const counts = await rebuild(target);
    expect(await dump(store)).toEqual(before);
    expect(counts.get('otel_traces')).toEqual({ archived: 120, stored: 120 });
    for (const { archived, stored } of counts.values()) expect(stored).toBe(archived);
    await restoreArchive({ store, target, org: 'default', key: KEY });
    expect(await dump(store)).toEqual(before);
    expect(await store.query(facts)).toEqual(factsBefore);
  });

  it('rebuilds a new data folder by command', async () => {
    const data = mkdtempSync(join(root, 'data-'));
    const ended = await runCommand(['replay', '--archive', join(root, 'plain'), '--data', data]);
    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('otel_traces: 120 rows in the archive, 120 in the database'),
    });
    expect(await runCommand(['replay', '--archive', join(root, 'nowhere'), '--data', data])).toMatchObject({ code: 2 });
    expect(await runCommand(['replay', '--data', data])).toMatchObject({ code: 2 });
  }, 600_000);

  it('is not taken for that of another database', async () => {
    await forgetProgress();
    await bench.ingest([toolSpan({ trace: 'new', span: 'new', session: 's' })], (START + 9_000) * 1_000);
    await expect(roundOf(book)).rejects.toThrow(/choose another prefix or folder/);
    expect((await progressOf(book))?.error).toMatch(/choose another prefix or folder/);
    await store.command(
      "ALTER TABLE org_default.otel_traces DELETE WHERE SessionId = 's'",
      {},
      { settings: { mutations_sync: 2 } },
    );
  });

  it('that was changed is not restored', async () => {
    const object = filesBelow(join(root, 'plain')).find((path) => path.includes('otel_traces'))!;
    const bytes = readFileSync(object);
    writeFileSync(object, Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]));
    await expect(restoreArchive({ store, target, org: 'default', key: KEY })).rejects.toThrow(/checksums differ/);
    writeFileSync(object, bytes);
    await expect(restoreArchive({ store, target, org: 'nobody', key: KEY })).rejects.toThrow(
      /no archive of org nobody/,
    );
    await store.command('DROP DATABASE IF EXISTS org_nobody SYNC');
  });

  it('ends an hour only when everything in it is settled', async () => {
    await forgetProgress();
    const open = bookOf('open');
    const keep = (lowWater: number) =>
      keepStored({
        store,
        clock,
        book: open,
        spool: join(folder, 'archive-spool'),
        keyOf: () => undefined,
        orgs: async () => [{ slug: 'default', retention_days: 90 }],
        lowWater: async () => lowWater * 1_000,
        erase: async () => {},
        log: { warn: () => {}, error: (fields) => expect(fields).toBeUndefined() },
      });
    const early = keep(START + HOUR + 60_000);
    await early.settled();
    await early.stop();
    expect(await progressOf(open)).toBeUndefined();
    const later = keep(START + HOUR + 16 * 60_000);
    await later.settled();
    await later.stop();
    expect((await progressOf(open))?.archivedTo).toBe(START + HOUR);
  });

  it('loses what is past the retention, hour by hour', async () => {
    expect(await pruneArchive(target, 'default', START + HOUR)).toBeGreaterThan(1);
    const hours = [];
    for await (const { manifest } of archivedHours(target, 'default')) hours.push(manifest.from);
    expect(hours).toEqual([1, 2].map((hour) => new Date(START + hour * HOUR).toISOString()));
  });
});

describe('a sealed archive', () => {
  it('shows nothing of what it holds, and opens under its key alone', async () => {
    await forgetProgress();
    const book = bookOf('sealed');
    const target = folderStore(join(root, 'sealed'));
    await roundOf(book, KEY);
    expect(filesHolding(join(root, 'plain'), 'session-0').length).toBeGreaterThan(0);
    expect(filesHolding(join(root, 'sealed'), 'session-0')).toEqual([]);
    const before = await dump(store);
    await expect(restoreArchive({ store, target, org: 'default', key: new Uint8Array(32) })).rejects.toThrow(
      /does not open/,
    );
    await rebuild(target);
    expect(await dump(store)).toEqual(before);
  });
});

describe.skipIf(!hasS3Server())('an archive in a bucket', () => {
  let server: S3Server;
  const place = { bucket: BUCKET, prefix: 'a/b/', region: 'us-east-1', credentials: S3_CREDENTIALS };
  beforeAll(async () => {
    server = await startS3Server();
  });
  afterAll(() => server.stop());

  async function chosen(prefix: string): Promise<ArchiveBook> {
    await forgetProgress();
    const book = bookOf('unused');
    const { accessKeyId: access_key_id, secretAccessKey } = S3_CREDENTIALS;
    const target = {
      kind: 's3',
      bucket: BUCKET,
      prefix,
      region: 'us-east-1',
      endpoint: server.endpoint,
      access_key_id,
    } as const;
    await book.choose('default', target, secretAccessKey);
    return book;
  }

  it('is tried before it is chosen, and keeps no secret in the clear', async () => {
    const book = bookOf('unused');
    const wrong = {
      kind: 's3',
      bucket: 'not-there',
      prefix: '',
      region: 'us-east-1',
      endpoint: server.endpoint,
      access_key_id: 'x',
    } as const;
    await expect(book.choose('default', wrong, 'y')).rejects.toMatchObject({ code: 'ARCHIVE_UNAVAILABLE' });
    await chosen('tried/');
    expect(await book.targetOf('default')).toMatchObject({ kind: 's3', prefix: 'tried/' });
    // Without the secret again: the one that is kept; for another place it is not.
    const kept = { ...(await book.targetOf('default')) };
    await book.choose('default', kept, undefined);
    await expect(book.choose('default', { ...kept, prefix: 'other/' } as typeof kept, undefined)).rejects.toThrow(
      /secret_access_key/,
    );
    expect(filesHolding(folder, S3_CREDENTIALS.secretAccessKey)).toEqual([]);
  });

  it('rebuilds the database row for row', async () => {
    const book = await chosen('a/b/');
    await roundOf(book);
    const before = await dump(store);
    const target = s3Store({ ...place, endpoint: server.endpoint });
    await rebuild(target);
    target.close();
    expect(await dump(store)).toEqual(before);
  });

  it('rebuilds a new data folder by command', async () => {
    const data = mkdtempSync(join(root, 'data-'));
    const { accessKeyId, secretAccessKey } = S3_CREDENTIALS;
    const env = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
    const args = ['replay', '--archive', `s3://${BUCKET}/a/b`, '--endpoint', server.endpoint, '--data', data];
    const ended = await runCommand(args, { env });
    expect(ended).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/otel_traces: (\d+) rows in the archive, \1 in the database/),
    });
  }, 600_000);

  it('goes on with an upload that broke off in the middle, and the hour counts once it is whole', async () => {
    await store.command(
      `INSERT INTO otel_traces (Timestamp, TraceId, SpanId, PromptPreview, IngestedAt)
       SELECT {at: DateTime64(6, 'UTC')}, toString(number), toString(number), randomPrintableASCII(2000), {at: DateTime64(6, 'UTC')}
       FROM numbers(9000)`,
      { at: timestampText((START + 3 * HOUR) * 1_000) },
      { database: 'org_default' },
    );
    const before = await dump(store);
    const book = await chosen('resumed/');
    const target = s3Store({ ...place, prefix: 'resumed/', endpoint: server.endpoint });
    // Two parts of 8 MiB: the first arrives, the second does not.
    server.cutAfter(12 * 1024 * 1024);
    await expect(roundOf(book)).rejects.toMatchObject({ code: 'ARCHIVE_UNAVAILABLE' });
    server.cutAfter(undefined);
    expect(await target.get(`default/${hourPath(3)}manifest.json`)).toBeUndefined();
    const sent = server.sent();
    await roundOf(book);
    const again = server.sent() - sent;
    const manifest = JSON.parse((await target.get(`default/${hourPath(3)}manifest.json`))!.toString()) as {
      bytes: number;
    };
    expect(manifest.bytes).toBeGreaterThan(8 * 1024 * 1024);
    expect(again).toBeLessThan(manifest.bytes - 7 * 1024 * 1024);
    expect((await progressOf(book))?.error).toBe('');
    await rebuild(target);
    target.close();
    expect(await dump(store)).toEqual(before);
  }, 600_000);
});

function hourPath(hour: number): string {
  const [date, time] = new Date(START + hour * HOUR).toISOString().split('T');
  return `date=${date}/hour=${time!.slice(0, 2)}/`;
}

it('an org without a database yet has nothing to archive', async () => {
  await migrateOrg(store, 'org_empty');
  const book = createArchiveBook({
    store,
    clock,
    byDefault: 'folder',
    folder: join(root, 'empty'),
    sealFor: () => createSeal(KEY),
    s3: {},
  });
  const options = { store, clock, book, spool: join(folder, 'archive-spool'), keyOf: () => undefined };
  await archiveRound(options, 'empty', Date.now(), noAbort);
  expect(await book.progressOf('empty', { kind: 'folder' })).toBeUndefined();
});
