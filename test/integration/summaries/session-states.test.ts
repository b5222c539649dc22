import { describe, expect, it } from 'vitest';
import { readSessionStates, touchedSessions } from '../../../engine/clickhouse/tables/session-states.ts';
import { readSummarySource } from '../../../engine/clickhouse/tables/summary-sources.ts';
import { temporaryStore } from '../../temporary-store.ts';

const { store } = await temporaryStore();
const DATABASE = 'org_default';
const T0 = Date.parse('2026-11-21T10:00:00Z') * 1_000;

interface Written {
  readonly session: string;
  readonly trace: string;
  readonly span: string;
  readonly at: number;
  readonly name?: string;
}

/** Spans as they are stored, `at` seconds after T0 ingested. */
async function write(...spans: Written[]): Promise<void> {
  const columns = ['Timestamp', 'TraceId', 'SpanId', 'SpanName', 'SessionId', 'IngestedAt'];
  const lines = spans.map(({ session, trace, span, at, name = 'step' }) => {
    const time = new Date(T0 / 1_000 + at * 1_000).toISOString().replace('T', ' ').replace('Z', '');
    return JSON.stringify([time, trace, span, name, session, time]);
  });
  const rows = Buffer.from(`${lines.join('\n')}\n`);
  await store.insertLines(`${DATABASE}.otel_traces`, columns, rows, crypto.randomUUID());
}

const stateOf = async (id: string) => (await readSessionStates(store, DATABASE, [id]))[0];

describe('a session', () => {
  it('is put together across traces, and from spans of its traces that name no session', async () => {
    await write(
      { session: 'alpha', trace: 't1', span: 'a', at: 0 },
      { session: 'alpha', trace: 't2', span: 'b', at: 1 },
      // A sub-agent's process that was not told the session: its trace stands for one.
      { session: 't2', trace: 't2', span: 'c', at: 2 },
      { session: 't3', trace: 't3', span: 'd', at: 3 },
    );
    expect(await touchedSessions(store, DATABASE, { from: T0, to: T0 + 10e6 })).toEqual([
      { id: 'alpha', lastIngested: T0 + 2e6, ended: false },
      { id: 't3', lastIngested: T0 + 3e6, ended: false },
    ]);
    expect(await stateOf('alpha')).toMatchObject({ spans: 3, ended: false, summary: undefined });
    expect((await readSummarySource(store, DATABASE, 'alpha'))!.spans.map(({ SpanId }) => SpanId)).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  it('has another version once a span comes late, the same when one is sent again', async () => {
    await write({ session: 'beta', trace: 't4', span: 'a', at: 0 });
    const first = await stateOf('beta');
    await write({ session: 'beta', trace: 't4', span: 'a', at: 0 });
    expect((await stateOf('beta'))!.version).toBe(first!.version);
    await write({ session: 'beta', trace: 't4', span: 'b', at: 900 });
    expect((await stateOf('beta'))!.version).not.toBe(first!.version);
  });

  it('has ended when a span says so', async () => {
    await write(
      { session: 'gamma', trace: 't5', span: 'a', at: 0 },
      { session: 'gamma', trace: 't5', span: 'b', at: 1, name: 'SessionEnd' },
    );
    expect((await stateOf('gamma'))!.ended).toBe(true);
  });

  it('is read with its first and last spans when it is very long', async () => {
    await write(...Array.from({ length: 4_100 }, (_, at) => ({ session: 'long', trace: 't6', span: `s${at}`, at })));
    const source = (await readSummarySource(store, DATABASE, 'long'))!;
    expect(source.omitted).toBe(100);
    expect(source.spans).toHaveLength(4_000);
    expect(source.spans.at(-1)!.SpanId).toBe('s4099');
  });

  it('that is not there has neither state nor source', async () => {
    expect(await readSessionStates(store, DATABASE, ['nowhere'])).toEqual([]);
    expect(await readSummarySource(store, DATABASE, 'nowhere')).toBeUndefined();
  });
});
