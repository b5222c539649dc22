import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import { readClientSettings } from '../../../agent/client-settings.ts';
import { forwardSpool, type Sent } from '../../../agent/forwarder/forward-spool.ts';
import { userSpools } from '../../../agent/forwarder/user-spools.ts';
import type { ClientSpan } from '../../../agent/spool/client-span.ts';
import { type ClientBench, clientBench } from './client-bench.ts';

const benches: ClientBench[] = [];
afterEach(() => {
  for (const bench of benches.splice(0)) bench.close();
});

function withPrompts(number: number, settings: Record<string, unknown> = {}): ClientBench {
  const bench = clientBench(settings);
  benches.push(bench);
  for (let index = 0; index < number; index++) {
    bench.now += 1_000;
    bench.hook('codex', {
      session_id: 's',
      hook_event_name: 'UserPromptSubmit',
      turn_id: `t${index}`,
      prompt: `prompt ${index} ${'x '.repeat(400)}`,
    });
  }
  return bench;
}

const forward = (bench: ClientBench, send: (spans: readonly ClientSpan[]) => Promise<Sent>) =>
  forwardSpool(bench.spool, readClientSettings(bench.state.settings), send, new AbortController().signal);

describe('the spool', () => {
  it('drops the oldest beyond its size, and counts them', () => {
    const bench = withPrompts(150, { spool_max_bytes: 65_536 });
    const spans = bench.spans();
    expect(bench.count('bytes')).toBeLessThanOrEqual(65_536);
    expect(bench.count('dropped')).toBe(151 - spans.length);
    expect(JSON.stringify(spans.at(-1))).toContain('prompt 149');
  });

  it('drops what is too old', () => {
    const bench = withPrompts(5, { spool_max_age_ms: 60_000 });
    bench.now += 61_000;
    bench.hook('codex', { session_id: 's', hook_event_name: 'UserPromptSubmit', turn_id: 'new', prompt: 'new' });
    expect(bench.spans()).toHaveLength(1);
    expect(bench.count('dropped')).toBe(6);
  });
});

describe('forwarding', () => {
  it('deletes what was acknowledged, and nothing that was not', async () => {
    const bench = withPrompts(10);
    const before = bench.spans();
    expect(await forward(bench, async () => 'later')).toBe(false);
    expect(bench.spans()).toEqual(before);
    const sent: ClientSpan[] = [];
    const send = async (spans: readonly ClientSpan[]): Promise<Sent> => {
      sent.push(...spans);
      return 'sent';
    };
    expect(await forward(bench, send)).toBe(true);
    expect(sent).toEqual(before);
    expect(bench.spans()).toEqual([]);
    expect(bench.count('bytes')).toBe(0);
  });

  it('gives up the one span that the server refuses, and sends the others', async () => {
    const bench = withPrompts(9);
    const sent: ClientSpan[] = [];
    const send = async (spans: readonly ClientSpan[]): Promise<Sent> => {
      if (JSON.stringify(spans).includes('prompt 4 ')) return 'refused';
      sent.push(...spans);
      return 'sent';
    };
    expect(await forward(bench, send)).toBe(true);
    expect([sent.length, bench.count('refused'), bench.count('sent')]).toEqual([9, 1, 9]);
  });

  it('sends nothing that a user wrote into the spool and that is no span', async () => {
    const bench = withPrompts(1);
    const database = new DatabaseSync(join(bench.spool, 'spool.db'));
    for (const body of ['{', '{"traceId":"x"}', JSON.stringify({ ...bench.spans()[0], attributes: { a: { b: 1 } } })])
      database.prepare('INSERT INTO spans (written_ms, bytes, body) VALUES (1, 1, ?)').run(body);
    database.close();
    expect(await forward(bench, async () => 'sent')).toBe(true);
    expect([bench.count('sent'), bench.count('unreadable')]).toEqual([2, 3]);
  });

  it('does not follow links that a user put in place of a spool', () => {
    const bench = withPrompts(1);
    expect(userSpools(bench.state.spools)).toEqual([bench.spool]);
    symlinkSync(bench.spool, join(bench.state.spools, 'other'));
    renameSync(join(bench.spool, 'spool.db'), join(bench.state.root, 'elsewhere.db'));
    symlinkSync(join(bench.state.root, 'elsewhere.db'), join(bench.spool, 'spool.db'));
    expect(userSpools(bench.state.spools)).toEqual([]);
  });
});
