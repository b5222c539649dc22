import { describe, expect, it } from 'vitest';
import { purgeClosedAlerts } from '../../../engine/clickhouse/purge-closed-alerts.ts';
import { applyRetention } from '../../../engine/clickhouse/retention.ts';
import { insertOrg, listOrgs, saveRetention } from '../../../engine/clickhouse/tables/orgs.ts';
import { timestampText } from '../../../engine/core/timestamp.ts';
import { keepRetention, retentionRound } from '../../../engine/keep-retention.ts';
import { temporaryStore } from '../../temporary-store.ts';
import { sampleFinding, sampleRule } from '../../unit/alerts/sample-finding.ts';
import { alertingOn, testClock } from '../alerts/alerting-on-engine.ts';

const { store } = await temporaryStore();
await insertOrg(store, { slug: 'default', name: 'Default', now: Date.now() });
const DATABASE = 'org_default';
const inOrg = { database: DATABASE };
const DAY = 86_400_000;

/** TTL of each table as the engine knows it. */
async function ttls(): Promise<Record<string, string>> {
  const rows = await store.query<{ name: string; ttl: string }>(
    `SELECT name, extract(engine_full, 'TTL (.*?)(?: SETTINGS|$)') AS ttl FROM system.tables
     WHERE database = {database: String} AND ttl != '' ORDER BY name`,
    { database: DATABASE },
  );
  return Object.fromEntries(rows.map(({ name, ttl }) => [name, ttl]));
}

async function insertSpans(...ages: number[]): Promise<void> {
  const params = { ages };
  await store.command(
    `INSERT INTO otel_traces (Timestamp, TraceId, SpanId, IngestedAt)
     SELECT now64(9), 'trace', toString(age), now64(6) - toIntervalDay(age) FROM (SELECT arrayJoin({ages: Array(UInt16)}) AS age)`,
    params,
    inOrg,
  );
}

async function spansKept(): Promise<number[]> {
  await store.command('OPTIMIZE TABLE otel_traces FINAL', {}, inOrg);
  const rows = await store.query<{ SpanId: string }>('SELECT SpanId FROM otel_traces', {}, inOrg);
  return rows.map(({ SpanId }) => Number(SpanId)).sort((a, b) => a - b);
}

describe('retention of rows', () => {
  it('is 90 days from the start, and applying it again alters nothing', async () => {
    expect(await applyRetention(store, DATABASE, 90)).toEqual([]);
    expect(await ttls()).toEqual({
      agent_facts: 'toDateTime(LastIngested) + toIntervalDay(180)',
      deliveries: 'toDateTime(planned_at) + toIntervalDay(90)',
      delivery_attempts: 'toDateTime(at) + toIntervalDay(90)',
      findings: 'toDateTime(found_at) + toIntervalDay(90)',
      alert_triage: 'toDateTime(made_at) + toIntervalDay(90)',
      llm_calls: 'toDateTime(at) + toIntervalDay(90)',
      otel_logs: 'toDateTime(IngestedAt) + toIntervalDay(90)',
      otel_metrics: 'toDateTime(IngestedAt) + toIntervalDay(90)',
      otel_traces: 'toDateTime(IngestedAt) + toIntervalDay(90)',
      risk_contributions: 'toDateTime(at) + toIntervalDay(90)',
      session_summaries: 'toDateTime(made_at) + toIntervalDay(90)',
      summary_requests: 'toDateTime(asked_at) + toIntervalDay(7)',
      suppressed_findings: 'toDateTime(found_at) + toIntervalDay(90)',
    });
    expect(await store.query('SELECT * FROM system.mutations')).toEqual([]);
  });

  it('removes what has become too old, in what was stored before too, and keeps the rest', async () => {
    await insertSpans(0, 20, 40, 80, 100);
    expect(await spansKept()).toEqual([0, 20, 40, 80]);
    expect(await applyRetention(store, DATABASE, 60)).toEqual([
      'otel_traces',
      'otel_logs',
      'otel_metrics',
      'findings',
      'suppressed_findings',
      'risk_contributions',
      'session_summaries',
      'alert_triage',
      'llm_calls',
      'deliveries',
      'delivery_attempts',
    ]);
    expect((await ttls())['otel_traces']).toBe('toDateTime(IngestedAt) + toIntervalDay(60)');
    expect(await spansKept()).toEqual([0, 20, 40]);
    await insertSpans(50, 70);
    expect(await spansKept()).toEqual([0, 20, 40, 50]);
  });

  it('keeps deliveries a day longer than planning looks back', async () => {
    await applyRetention(store, DATABASE, 30);
    expect(await ttls()).toMatchObject({
      findings: 'toDateTime(found_at) + toIntervalDay(30)',
      deliveries: 'toDateTime(planned_at) + toIntervalDay(31)',
    });
    expect(await applyRetention(store, DATABASE, 30)).toEqual([]);
  });

  it('is made so by a round when the wish was recorded and no more', async () => {
    await saveRetention(store, 'default', 120, Date.now());
    expect(await listOrgs(store)).toMatchObject([{ slug: 'default', name: 'Default', retention_days: 120 }]);
    const failures: unknown[] = [];
    const log = { warn: () => {}, error: (fields: unknown) => failures.push(fields) };
    await keepRetention({ store, clock: Date.now, log }).stop();
    expect(failures).toEqual([]);
    expect((await ttls())['findings']).toBe('toDateTime(found_at) + toIntervalDay(120)');
  });

  it('takes the latest wish, whatever the clock says', async () => {
    await saveRetention(store, 'default', 200, Date.now() - DAY);
    await saveRetention(store, 'nobody', 200, Date.now());
    expect((await listOrgs(store)).map(({ slug, retention_days }) => [slug, retention_days])).toEqual([
      ['default', 200],
    ]);
  });

  it('of an org that fails stops no other', async () => {
    await insertOrg(store, { slug: 'broken', name: 'Has no database', now: Date.now() });
    await saveRetention(store, 'default', 90, Date.now());
    const failures: unknown[] = [];
    const log = { warn: () => {}, error: (fields: unknown) => failures.push(fields) };
    await retentionRound({ store, clock: Date.now, log });
    expect(failures).toMatchObject([{ org: 'broken' }]);
    expect((await ttls())['otel_traces']).toBe('toDateTime(IngestedAt) + toIntervalDay(90)');
  });
});

describe('retention of alerts', () => {
  const rule = sampleRule();
  const clock = testClock();
  const alerts = alertingOn(store, DATABASE, { clock });
  const daysAgo = (days: number) => timestampText((clock() - days * DAY) * 1_000);
  const entities = async () => (await alerts.list({ limit: 100 })).items.map(({ entity }) => entity.value).sort();

  async function openAlert(entity: string): Promise<string> {
    await alerts.applyFindings(rule, [sampleFinding(rule, entity, ['a'])]);
    return (await alerts.list({})).items.find((alert) => alert.entity.value === entity)!.id;
  }

  it('purges those that were closed, with log and deliveries, and keeps the open and the recent', async () => {
    await store.command('SYSTEM STOP TTL MERGES');
    await openAlert('open');
    const closed = await openAlert('closed');
    await alerts.act(closed, { action: 'close', reason: 'false_positive' }, 'test');
    const reopened = await openAlert('reopened');
    await alerts.act(reopened, { action: 'close', reason: 'false_positive' }, 'test');
    clock.now += 1_000;
    await alerts.act(reopened, { action: 'reopen' }, 'test');
    clock.now += 50 * DAY;
    const recent = await openAlert('recent');
    await alerts.act(recent, { action: 'close', reason: 'false_positive' }, 'test');
    await store.command(
      `INSERT INTO deliveries (destination_id, event_id, alert_id, planned_at)
       SELECT 'd', 'e' || toString(number), if(number = 0, {closed: String}, {recent: String}), now64(6) FROM numbers(2)`,
      { closed, recent },
      inOrg,
    );

    expect(await purgeClosedAlerts(store, DATABASE, daysAgo(60))).toBe(0);
    expect(await entities()).toEqual(['closed', 'open', 'recent', 'reopened']);
    expect(await purgeClosedAlerts(store, DATABASE, daysAgo(30))).toBe(1);
    expect(await entities()).toEqual(['open', 'recent', 'reopened']);
    const left = await store.query<{ alert_id: string }>('SELECT alert_id FROM deliveries', {}, inOrg);
    expect(left).toEqual([{ alert_id: recent }]);
  });

  it('lets what was purged open again', async () => {
    const again = await openAlert('closed');
    expect(await alerts.get(again)).toMatchObject({ status: 'open', episode: 1, count: 1 });
  });

  it('purges more than one mutation names', async () => {
    const many = Array.from({ length: 1_200 }, (_, at) => sampleFinding(rule, `many-${at}`, ['a']));
    await alerts.applyFindings(rule, many);
    clock.now += 1_000;
    await store.command(
      `INSERT INTO alert_events (event_id, alert_id, group_key, episode, type, at, detail)
       SELECT 'close ' || alert_id, alert_id, group_key, episode, 'closed', {at: DateTime64(6, 'UTC')}, 'resolved'
       FROM alert_events WHERE startsWith(entity_value, 'many-')`,
      { at: timestampText(clock() * 1_000) },
      inOrg,
    );
    clock.now += 40 * DAY;
    expect(await purgeClosedAlerts(store, DATABASE, daysAgo(30))).toBe(1_200 + 1);
    expect(await entities()).toEqual(['closed', 'open', 'reopened']);
  });
});
