import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CANARY_RULE, canarySession, isCanarySession, sendCanary } from '../../engine/canary.ts';
import type { Store } from '../../engine/clickhouse/store.ts';
import { readLastCanaries } from '../../engine/clickhouse/tables/canary-runs.ts';
import type { Finding } from '../../engine/core/finding.ts';
import { loadRules } from '../../engine/detection/load-rules.ts';
import { createEngine } from '../../engine/engine.ts';
import { createRedactionSettingsBook } from '../../engine/redaction-settings-book.ts';
import { createIngestServer } from '../../ingest/ingest-server.ts';
import { sendCanary as post } from '../../ingest/send-canary.ts';
import { temporaryStore } from '../temporary-store.ts';

const KEY = new Uint8Array(32).fill(3);
const quiet = { warn: () => undefined, error: () => undefined };

let store: Store;
let stop: () => Promise<void>;
let url: string;

const raised: Finding[] = [];

beforeAll(async () => {
  ({ store } = await temporaryStore());
  const ingest = createIngestServer({
    store,
    clock: Date.now,
    floor: 0,
    metrics: new Registry(),
    redaction: createRedactionSettingsBook(store, Date.now, () => KEY).of,
    authenticate: async () => ({ org: 'default' }),
    reportFault: () => undefined,
  });
  url = await ingest.listen('127.0.0.1', 0);
  const createdAt = Date.now() - 60_000;
  const engine = createEngine({
    store,
    clock: Date.now,
    rules: (await loadRules([new URL('../../rules', import.meta.url).pathname])).rules,
    orgs: async () => [{ slug: 'default', createdAt }],
    lowWater: async () => ingest.lowWater(),
    keyFor: () => KEY,
    allowPrivateDestinations: false,
    version: '0.0.0',
    log: quiet,
    onAlertEvent: () => undefined,
  });
  stop = async () => {
    await engine.stop();
    await ingest.stop();
  };
});

afterAll(() => stop?.());

function options(send: (sessionId: string) => Promise<void>) {
  return {
    store,
    clock: Date.now,
    everyMs: 60_000,
    orgs: async () => ['default'],
    keyOf: () => KEY,
    send: (_: string, sessionId: string) => send(sessionId),
    alert: async (_: string, __: unknown, findings: readonly Finding[]) => void raised.push(...findings),
    log: quiet,
  };
}

describe('a canary', () => {
  it('sets its rule off through receiver, store and engine, raises no alert and leaves no span', async () => {
    await sendCanary(
      'default',
      options((id) => post(url, 'any', id, Date.now())),
      new AbortController().signal,
    );
    expect((await readLastCanaries(store, 'default')).get(CANARY_RULE)).toMatchObject({ state: 'fired' });
    const count = async (table: string) =>
      (await store.query<{ c: string }>(`SELECT count() AS c FROM ${table}`, {}, { database: 'org_default' }))[0]!.c;
    expect([await count('otel_traces'), await count('alerts'), await count('findings')]).toEqual(['0', '0', '0']);
    expect(await count('risk_contributions')).toBe('0');
    expect(raised).toEqual([]);
  }, 120_000);

  it('that is not taken raises an alert', async () => {
    const refused = async () => Promise.reject(new Error('503'));
    await sendCanary('default', options(refused), new AbortController().signal);
    expect(raised).toMatchObject([{ rule_id: 'canary-silent', entity: { kind: 'rule', value: CANARY_RULE } }]);
  });

  it('has an id that cannot be made up, nor used again later', () => {
    const now = Date.now();
    const id = canarySession(KEY, now);
    expect(isCanarySession(KEY, id, now + 60_000)).toBe(true);
    expect(isCanarySession(KEY, id, now + 3_600_000)).toBe(false);
    expect(isCanarySession(new Uint8Array(32), id, now)).toBe(false);
    expect(isCanarySession(KEY, `canary-${now}-${'0'.repeat(32)}`, now)).toBe(false);
    expect(isCanarySession(KEY, `${id}x`, now)).toBe(false);
  });
});
