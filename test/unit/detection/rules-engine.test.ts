import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../engine/core/errors.ts';
import type { Finding } from '../../../engine/core/finding.ts';
import { type Rule, ruleMetadataSchema } from '../../../engine/core/rule.ts';
import { timestampMicros } from '../../../engine/core/timestamp.ts';
import { MOST_WINDOW_MICROS } from '../../../engine/core/window.ts';
import { createRulesEngine, type OrgPort, type RunRecord } from '../../../engine/detection/rules-engine.ts';

const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-11-20T00:00:00Z');

function rule(id: string): Rule {
  const metadata = ruleMetadataSchema.parse({
    name: 'A test rule',
    description: 'A rule that reports the window it was given.',
    severity: 'low',
    risk_score: 10,
    status: 'stable',
    version: 1,
    entity: 'org',
    threat: [{ framework: 'OWASP LLM', version: '2025', technique: ['LLM01'] }],
    runbook: 'Nothing needs to be done about a test, really nothing.',
    false_positives: ['None.'],
  });
  return { kind: 'sql', id, file: `${id}.sql`, metadata, query: id, queryLine: 1 };
}

/** An org whose rules each find one thing a window: the window itself. */
function setUp(options: { fail?: (id: string) => boolean; silent?: boolean } = {}) {
  const state = { now: START_MS, lowWater: START_MS * 1_000, watermarks: new Map<string, number>() };
  const windows: [string, number, number][] = [];
  const findings: Finding[] = [];
  const runs: RunRecord[] = [];
  const errors: string[] = [];
  const port: OrgPort = {
    org: 'acme',
    createdAt: START_MS,
    readWatermarks: async () => new Map(state.watermarks),
    writeWatermarks: async (marks) => {
      for (const [id, micros] of marks) state.watermarks.set(id, micros);
    },
    anyIngested: async () => !options.silent,
    applyFindings: async (_rule, found) => void findings.push(...found),
    recordRun: async (run) => void runs.push(run),
    async runSql(sql, params) {
      if (options.fail?.(sql)) throw new CodedError('STORE_REFUSED', 'no such column');
      windows.push([sql, timestampMicros(String(params['from'])), timestampMicros(String(params['to']))]);
      const row = { entity: 'org', title: 'seen', starts_at: params['from'], ends_at: params['to'] };
      return {
        rows: [{ ...row, evidence: [{ trace_id: 't', span_id: String(params['from']), note: '' }] }],
        rowsRead: 1,
      };
    },
    async *sessionsTouched() {},
  };
  const make = () =>
    createRulesEngine(port, {
      clock: () => state.now,
      lowWater: async () => state.lowWater,
      onError: (message) => errors.push(message),
    });
  return { state, windows, findings, runs, errors, make };
}

describe('rules engine', () => {
  it('runs half-open windows that follow each other without gap or overlap', async () => {
    const { state, windows, make } = setUp();
    const engine = make();
    for (const minute of [1, 2, 5]) {
      state.now = START_MS + minute * 60_000;
      state.lowWater = state.now * 1_000;
      await engine.runRules([rule('one')]);
    }
    const micros = (minute: number) => (START_MS + minute * 60_000) * 1_000;
    expect(windows.map(([, from, to]) => [from, to])).toEqual([
      [micros(0), micros(1)],
      [micros(1), micros(2)],
      [micros(2), micros(5)],
    ]);
  });

  it('never looks past the oldest insert in flight', async () => {
    const { state, windows, make } = setUp();
    state.now = START_MS + 60_000;
    state.lowWater = START_MS * 1_000 + 7;
    await make().runRules([rule('one')]);
    expect(windows).toEqual([['one', START_MS * 1_000, START_MS * 1_000 + 7]]);
  });

  it('goes on after a restart where the stored watermark stands', async () => {
    const { state, windows, make } = setUp();
    state.lowWater += 5_000_000;
    await make().runRules([rule('one')]);
    state.lowWater += 5_000_000;
    await make().runRules([rule('one')]);
    expect(windows[1]).toEqual(['one', START_MS * 1_000 + 5_000_000, START_MS * 1_000 + 10_000_000]);
  });

  it('fills a gap in windows of bounded length and marks them as filled in', async () => {
    const { state, windows, runs, make } = setUp();
    state.watermarks.set('one', START_MS * 1_000);
    state.now = START_MS + 3.5 * HOUR_MS;
    state.lowWater = state.now * 1_000;
    await make().runRules([rule('one')]);
    expect(windows.map(([, from, to]) => (to - from) / MOST_WINDOW_MICROS)).toEqual([1, 1, 1, 0.5]);
    expect(runs.map((run) => run.filledIn)).toEqual([true, true, true, false]);
  });

  it('lets a rule without a watermark look back a day at most', async () => {
    const { state, windows, make } = setUp();
    state.now = START_MS + 100 * HOUR_MS;
    state.lowWater = state.now * 1_000;
    await make().runRules([rule('one')]);
    expect(windows).toHaveLength(24);
    expect(windows[0]![1]).toBe((START_MS + 76 * HOUR_MS) * 1_000);
  });

  it('keeps a failing rule from stopping the others, and leaves its watermark', async () => {
    const { state, windows, runs, errors, make } = setUp({ fail: (id) => id === 'broken' });
    state.lowWater += 1_000_000;
    await make().runRules([rule('broken'), rule('fine')]);
    expect(windows.map(([id]) => id)).toEqual(['fine']);
    expect([...state.watermarks.keys()]).toEqual(['fine']);
    expect(errors).toEqual(['org acme: rule broken failed']);
    expect(runs.find((run) => run.rule.id === 'broken')?.error).toContain('no such column');
  });

  it('waits longer after each failure and catches up once the rule is mended', async () => {
    let broken = true;
    const { state, windows, errors, make } = setUp({ fail: () => broken });
    const engine = make();
    state.lowWater += 1_000_000;
    for (let second = 0; second < 20; second++) {
      state.now = START_MS + second * 1_000;
      await engine.runRules([rule('one')]);
    }
    expect(errors).toHaveLength(3); // at 0, 5 and 15 seconds
    broken = false;
    state.now = START_MS + 60_000;
    await engine.runRules([rule('one')]);
    expect(windows).toEqual([['one', START_MS * 1_000, START_MS * 1_000 + 1_000_000]]);
  });

  it('does not evaluate a window without spans, but moves on', async () => {
    const { state, windows, make } = setUp({ silent: true });
    const engine = make();
    state.lowWater += 5_000_000;
    await engine.runRules([rule('one')]);
    state.lowWater += 120_000_000;
    await engine.runRules([rule('one')]);
    expect(windows).toEqual([]);
    expect(state.watermarks.get('one')).toBe(state.lowWater);
  });

  it('never evaluates the same rule twice at once', async () => {
    const { state, windows, make } = setUp();
    const engine = make();
    state.lowWater += 1_000_000;
    await Promise.all([engine.runRules([rule('one')]), engine.runRules([rule('one')])]);
    expect(windows).toHaveLength(1);
  });

  it('makes the same findings when a window is evaluated again', async () => {
    const { state, findings, make } = setUp();
    state.lowWater += 1_000_000;
    await make().runRules([rule('one')]);
    state.watermarks.clear();
    await make().runRules([rule('one')]);
    expect(findings).toHaveLength(2);
    expect(findings[1]).toEqual(findings[0]);
  });
});
