import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSeal } from '../../../engine/alerts/seal.ts';
import { createArchiveBook } from '../../../engine/archive/archive-book.ts';
import { archiveRound } from '../../../engine/archive/archive-round.ts';
import { folderStore } from '../../../engine/archive/folder-store.ts';
import { archivedHours, linesOf, readObject } from '../../../engine/archive/read-archive.ts';
import { restoreArchive } from '../../../engine/archive/restore-archive.ts';
import { insertAlertTriage } from '../../../engine/clickhouse/tables/alert-triage.ts';
import { closeOrg } from '../../../engine/clickhouse/tables/close-org.ts';
import { insertOrg, listOrgs } from '../../../engine/clickhouse/tables/orgs.ts';
import { createErasureBook } from '../../../engine/erasure/erasure-book.ts';
import { type ErasureOptions, erasureRound } from '../../../engine/erasure/erasure-round.ts';
import { ruleTestBench } from '../../../ingest/rule-test-bench.ts';
import { filesHolding } from '../../search-stored.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { sampleFinding, sampleRule } from '../../unit/alerts/sample-finding.ts';
import { alertingOn, testClock } from '../alerts/alerting-on-engine.ts';
import { dump, type Told, toolSpan, traceId } from '../archive/archived-rows.ts';

const HOUR = 3_600_000;
const START = Math.floor(Date.now() / HOUR) * HOUR - 4 * HOUR;
const KEY = new Uint8Array(32).fill(5);

const { store, folder } = await temporaryStore();
await insertOrg(store, { slug: 'default', name: 'Default', now: Date.now() });
const archive = mkdtempSync(join(tmpdir(), 'spanwarden-archive-'));
afterAll(() => rmSync(archive, { recursive: true, force: true }));
const bench = ruleTestBench(store);
const clock = () => Date.now();
const seal = createSeal(KEY);
const archives = createArchiveBook({ store, clock, byDefault: 'folder', folder: archive, sealFor: () => seal, s3: {} });
const spool = join(folder, 'archive-spool');
const book = createErasureBook({ store, clock, sealFor: () => seal });
const options: ErasureOptions = {
  store,
  clock,
  archives,
  spool,
  sealFor: () => seal,
  archiveKeyOf: () => KEY,
  saltOf: () => 'a key of the org',
  closeOrg: (org) => closeOrg(store, org, clock()),
};
const rule = sampleRule();
const alertClock = testClock(START + HOUR);
const alerts = alertingOn(store, 'org_default', { clock: alertClock });

/** Settles everything until now: later rounds sweep what comes from here on. */
const round = (over: Partial<ErasureOptions> = {}) =>
  erasureRound({ ...options, ...over }, 'default', Date.now() * 1_000);
const archiveAll = () =>
  archiveRound(
    { store, clock, book: archives, spool, keyOf: () => undefined },
    'default',
    Date.now(),
    new AbortController().signal,
  );
const ingest = (hour: number, ...spans: Told[]) =>
  bench.ingest(spans.map(toolSpan), (START + hour * HOUR + 1_000) * 1_000);
const spansLeft = async (column = 'SessionId') =>
  (
    await store.query<{ v: string }>(`SELECT DISTINCT ${column} AS v FROM org_default.otel_traces FINAL ORDER BY v`)
  ).map(({ v }) => v);
const stateOf = async (id: string) => (await book.list({ org: 'default', id, limit: 1 }))[0]!;

/** Files of the store and the archive that hold any of the texts. */
function found(...texts: string[]): string[] {
  return texts.flatMap((text) => [...filesHolding(folder, text), ...filesHolding(archive, text)]);
}

async function archivedText(): Promise<string> {
  let text = '';
  const target = folderStore(archive);
  for await (const { folder: hour, manifest } of archivedHours(target, 'default'))
    for (const { objects } of manifest.tables)
      for (const object of objects)
        for await (const line of linesOf(await readObject(target, hour, object, KEY))) text += line;
  return text;
}

const TRIAGE = {
  made_at: '2026-11-21 10:00:00.000001',
  alert_version: 'v1',
  revision: 1,
  verdict: 'suspicious',
  rank: 2,
  questions: [],
  evidence: [],
  confidence: 0.5,
  provider: 'openai',
  model: 'small',
  prompt_hash: 'p',
  input_tokens: 1,
  output_tokens: 1,
  cost_usd: 0,
  latency_ms: 1,
  calls: 1,
  fallback: '',
} as const;

beforeAll(async () => {
  await ingest(
    0,
    { trace: 'kept', span: 'k1', session: 'session-kept', user: 'user-kept', result: 'KEPTMARKER', tool: 'kept_tool' },
    {
      trace: 'gone',
      span: 'g1',
      session: 'session-gone',
      user: 'user-kept',
      result: 'GONEMARKER one',
      tool: 'gone_tool',
    },
    { trace: 'gone', span: 'g2', session: 'session-gone', user: 'user-kept', result: 'GONEMARKER two' },
    { trace: 'single', span: 's1', session: 'session-two', result: 'SINGLEMARKER' },
    { trace: 'other', span: 's2', session: 'session-two', result: 'OTHERMARKER' },
  );
  await ingest(
    1,
    { trace: 'u1', span: 'u1', session: 'session-alone', user: 'user-gone', result: 'USERMARKER alone' },
    { trace: 'u2', span: 'u2', session: 'session-alone', result: 'USERMARKER unnamed' },
    { trace: 'u3', span: 'u3', session: 'session-shared', user: 'user-gone', result: 'USERMARKER shared' },
    { trace: 'u4', span: 'u4', session: 'session-shared', user: 'user-kept', result: 'KEPTMARKER shared' },
  );
  const about = (entity: string, trace: string, note: string) =>
    sampleFinding(rule, entity, [], {
      title: `Claim about ${note}`,
      evidence: [
        { trace_id: traceId(trace), span_id: toolSpan({ trace, span: `${trace[0]}1`, session: '' }).spanId, note },
      ],
    });
  const findings = [
    about('session-gone', 'gone', 'GONENOTE'),
    about('session-kept', 'kept', 'KEPTNOTE'),
    { ...about('agent-1', 'gone', 'GONENOTE of an agent'), session_id: '' },
  ];
  await bench.recordFindings(findings, (START + 2_000) * 1_000);
  await alerts.applyFindings(rule, findings);
  alertClock.now += 60_000;
  // The alert about the agent has another match, of what stays.
  await alerts.applyFindings(rule, [{ ...about('agent-1', 'kept', 'KEPTNOTE of an agent'), session_id: '' }]);
  await bench.recordSummaries(
    ['session-gone', 'session-kept'].map((session_id) => ({
      session_id,
      title: 'T',
      work_class: 'research',
      summary: session_id === 'session-gone' ? 'GONESUMMARY' : 'KEPTSUMMARY',
      risks: [],
    })),
    (START + HOUR) * 1_000,
  );
  for (const { id, entity } of (await alerts.list({ limit: 100 })).items) {
    // Of the alert about the agent it may tell of either of its matches.
    const reasoning = entity.value === 'session-kept' ? 'KEPTTRIAGE' : 'GONETRIAGE';
    await insertAlertTriage(store, 'org_default', { ...TRIAGE, alert_id: id, reasoning });
  }
  await archiveAll();
});

describe('erasing a session', () => {
  it('leaves nothing of it in any file of the store or the archive, and all else as it was', async () => {
    expect(found('GONEMARKER').length).toBeGreaterThan(1);
    const before = await dump(store);
    const { id } = await book.request('default', 'session', 'session-gone', 'a test');
    await round();
    expect(await stateOf(id)).toMatchObject({ state: 'done', subject: '', spans: 2, error: '' });
    expect((await stateOf(id)).archivedRows).toBeGreaterThan(2);
    expect(
      found('GONEMARKER', 'GONENOTE', 'GONESUMMARY', 'GONETRIAGE', 'session-gone', traceId('gone'), 'gone_tool'),
    ).toEqual([]);
    expect(found('KEPTTRIAGE')).not.toEqual([]);
    expect(found('KEPTMARKER', 'KEPTNOTE', 'KEPTSUMMARY').length).toBeGreaterThan(3);
    const after = await dump(store);
    const stays = (rows: readonly string[]) =>
      rows.filter((row) => !/session-gone|GONE/.test(row) && !row.includes(traceId('gone')));
    for (const table of ['otel_traces', 'findings', 'session_summaries'])
      expect(after[table]).toEqual(stays(before[table]!));
  });

  it('takes the alerts that rest on it alone, and empties its part of others', async () => {
    const { items } = await alerts.list({ limit: 100 });
    expect(items.map(({ entity }) => entity.value).sort()).toEqual(['agent-1', 'session-kept']);
    const agent = items.find(({ entity }) => entity.value === 'agent-1')!;
    expect(agent.count).toBe(2);
    expect(agent.evidence.map(({ note }) => note)).toEqual(['KEPTNOTE of an agent']);
  });

  it('is told in the audit log without what it was', async () => {
    const rows = await store.query<{ action: string; detail: string }>(
      "SELECT action, detail FROM spanwarden.audit_log WHERE action = 'erasure.done'",
    );
    expect(rows[0]!.detail).toMatch(/^session: 2 spans, \d+ other rows, \d+ archived rows$/);
  });

  it('erases again what comes late, by session or trace, and its findings', async () => {
    await ingest(3, { trace: 'gone', span: 'late', session: '', result: 'GONEMARKER late' });
    await ingest(3, { trace: 'new', span: 'late2', session: 'session-gone', result: 'GONEMARKER later' });
    await bench.recordFindings([sampleFinding(rule, 'session-gone', ['x'])], (START + 3 * HOUR) * 1_000);
    await store.command('TRUNCATE TABLE spanwarden.erasure_sweeps');
    await round();
    expect(found('GONEMARKER', 'session-gone', traceId('gone'))).toEqual([]);
    const late = await store.query<{ detail: string }>(
      "SELECT detail FROM spanwarden.audit_log WHERE action = 'erasure.late'",
    );
    expect(late).toEqual([{ detail: expect.stringMatching(/^2 spans, \d+ other rows$/) }]);
  });

  it('does not come back from the archive', async () => {
    const before = await dump(store);
    await store.command('DROP DATABASE org_default SYNC');
    await restoreArchive({ store, target: folderStore(archive), org: 'default', key: KEY });
    expect(await dump(store)).toEqual(before);
  });
});

describe('erasing a trace', () => {
  it('leaves the rest of its session', async () => {
    const { id } = await book.request('default', 'trace', traceId('single'), 'a test');
    await round();
    expect((await stateOf(id)).spans).toBe(1);
    expect(found('SINGLEMARKER', traceId('single'))).toEqual([]);
    expect(await spansLeft()).toContain('session-two');
    expect(found('OTHERMARKER').length).toBeGreaterThan(1);
  });
});

describe('erasing a user', () => {
  it('goes on where a crash or a store that failed left it', async () => {
    const { id } = await book.request('default', 'user', 'user-gone', 'a test');
    const broken = { ...archives, open: () => Promise.reject(new Error('the bucket is away')) };
    await expect(round({ archives: broken })).rejects.toThrow('the bucket is away');
    expect(await stateOf(id)).toMatchObject({ state: 'running', error: 'an unexpected error' });
    expect(found('user-gone').length).toBeGreaterThan(0);
    await round();
    expect(await stateOf(id)).toMatchObject({ state: 'done', spans: 3, error: '' });
  });

  it('takes whole sessions that are theirs alone, and of shared ones their spans', async () => {
    expect(found('USERMARKER', 'user-gone', 'session-alone')).toEqual([]);
    expect(await spansLeft()).toContain('session-shared');
    expect(await spansLeft('UserId')).toContain('user-kept');
    expect(await archivedText()).toContain('KEPTMARKER shared');
  });

  it('is about what was done before: what they do afterwards stays', async () => {
    const later = { ...toolSpan({ trace: 'after', span: 'a', session: 'session-after', user: 'user-gone' }) };
    const start = BigInt(Date.now() + HOUR) * 1_000_000n;
    await bench.ingest(
      [{ ...later, startTimeUnixNano: start, endTimeUnixNano: start + 1n }],
      (START + 3 * HOUR + 5_000) * 1_000,
    );
    await ingest(3, { trace: 'before', span: 'b', session: 'session-before', user: 'user-gone' });
    await store.command('TRUNCATE TABLE spanwarden.erasure_sweeps');
    await round();
    expect(await spansLeft()).toContain('session-after');
    expect(await spansLeft()).not.toContain('session-before');
  });
});

describe('erasing an org', () => {
  it('empties its database and its archive', async () => {
    const { id } = await book.request('default', 'org', 'default', 'a test');
    await round();
    expect((await stateOf(id)).state).toBe('done');
    expect(found('KEPTMARKER', 'KEPTNOTE', 'session-kept', 'user-kept')).toEqual([]);
    expect(
      Object.values(await dump(store))
        .flat()
        .join(''),
    ).toBe('');
    expect((await listOrgs(store)).map(({ slug }) => slug)).toEqual(['default']);
    await closeOrg(store, 'default', Date.now());
    expect(await listOrgs(store)).toHaveLength(1);
  });
});
