import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../engine/core/errors.ts';
import type { Finding } from '../../../engine/core/finding.ts';
import { type Rule, ruleMetadataSchema } from '../../../engine/core/rule.ts';
import { timestampMicros } from '../../../engine/core/timestamp.ts';
import { MOST_FILL_IN_MICROS, MOST_WINDOW_MICROS } from '../../../engine/core/window.ts';
import type { OrgPort, RuleGap, RuleState } from '../../../engine/detection/org-port.ts';
import { PARK_AFTER } from '../../../engine/detection/retry-after-failure.ts';
import { createRulesEngine } from '../../../engine/detection/rules-engine.ts';
import type { RunRecord } from '../../../engine/detection/run-ledger.ts';

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

interface Behaviour {
  readonly fail?: (id: string) => boolean;
  readonly silent?: boolean;
  /** Ingest time of the first span; where a window begins when left out. */
  readonly firstSpan?: number;
  readonly held?: () => boolean;
}

/** An org whose rules each find one thing a window: the window itself. */
function setUp(options: Behaviour = {}) {
  const state = {
    now: START_MS,
    elapsed: 0,
    lowWater: START_MS * 1_000,
    watermarks: new Map<string, number>(),
    ruleStates: new Map<string, RuleState>(),
  };
  const windows: [string, number, number][] = [];
  const findings: Finding[] = [];
  const runs: RunRecord[] = [];
  const gaps: RuleGap[] = [];
  const errors: string[] = [];
  const port: OrgPort = {
    org: 'acme',
    createdAt: START_MS,
    readWatermarks: async () => new Map(state.watermarks),
    writeWatermarks: async (marks) => {
      for (const [id, micros] of marks) state.watermarks.set(id, micros);
    },
    firstIngested: async ({ from, to }) => {
      if (options.silent) return undefined;
      const first = Math.max(from, options.firstSpan ?? from);
      return first < to ? first : undefined;
    },
    applyFindings: async (_rule, found) => void findings.push(...found),
    recordRuns: async (taken) => void runs.push(...taken),
    readRuleStates: async () => [...state.ruleStates.values()],
    recordRuleState: async (changed) => void state.ruleStates.set(changed.ruleId, changed),
    recordGap: async (gap) => void gaps.push(gap),
    assertHeld: () => {
      if (options.held?.() === false) throw new CodedError('CONFLICT', 'another engine has taken over');
    },
    openPass: () => ({
      forRule: () => ({
        cost: { elapsedMs: 0 },
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
      }),
    }),
  };
  const make = () =>
    createRulesEngine(port, {
      clock: () => state.now,
      elapsed: () => state.elapsed,
      lowWater: async () => state.lowWater,
      onError: (message) => errors.push(message),
    });
  return { state, windows, findings, runs, gaps, errors, make };
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
      state.elapsed = second * 1_000;
      await engine.runRules([rule('one')]);
    }
    expect(errors).toHaveLength(3); // at 0, 5 and 15 seconds
    broken = false;
    state.elapsed = 60_000;
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

  it('leaves out what was missed too long ago, fills in the rest, and notes both', async () => {
    const { state, windows, gaps, make } = setUp();
    const start = START_MS * 1_000;
    state.watermarks.set('one', start);
    state.lowWater = start + MOST_FILL_IN_MICROS + 5_000_000;
    state.now = state.lowWater / 1_000;
    const engine = make();
    for (let tick = 0; tick < 7; tick++) await engine.runRules([rule('one')]);
    const from = start + 5_000_000;
    expect(gaps).toEqual([
      { ruleId: 'one', from: start, to: from, state: 'skipped' },
      { ruleId: 'one', from, to: state.lowWater, state: 'open' },
      { ruleId: 'one', from, to: state.lowWater, state: 'filled' },
    ]);
    expect([windows.at(0)![1], windows.at(-1)![2]]).toEqual([from, state.lowWater]);
    windows.reduce((before, window) => {
      expect(window[1]).toBe(before[2]);
      return window;
    });
  });

  it('passes over a long silence without a step for every hour of it', async () => {
    const start = START_MS * 1_000;
    const first = start + 100 * MOST_WINDOW_MICROS + 7;
    const { state, windows, make } = setUp({ firstSpan: first });
    state.watermarks.set('one', start);
    state.lowWater = first + 1_000_000;
    state.now = state.lowWater / 1_000;
    await make().runRules([rule('one')]);
    expect(windows).toEqual([['one', first, state.lowWater]]);
  });

  it.each([
    ['back by a year', -365 * 24 * HOUR_MS],
    ['back by a minute', -60_000],
    ['forward by an hour', HOUR_MS],
    ['forward by a year', 365 * 24 * HOUR_MS],
  ])('goes on when the clock jumps %s: nothing is lost, seen twice, or held back', async (_, jump) => {
    const { state, windows, runs, make } = setUp();
    const engine = make();
    const advance = async (micros: number) => {
      // Ingest times never go back, and follow the clock forward.
      state.lowWater = Math.max(state.lowWater + micros, state.now * 1_000);
      state.elapsed += micros / 1_000;
      await engine.runRules([rule('one')]);
    };
    state.now += 3_000;
    await advance(3_000_000);
    state.now += jump;
    await advance(3);
    state.now -= jump;
    for (let tick = 0; tick < 400; tick++) await advance(3);
    const before = windows.length;
    await advance(3_000_000);
    expect(windows.length).toBeGreaterThan(before);
    expect(windows[0]![1]).toBe(START_MS * 1_000);
    windows.reduce((last, window) => {
      // A jump of over a week looks like a week without spans that nobody saw.
      if (jump < 7 * 24 * HOUR_MS) expect(window[1]).toBe(last[2]);
      else expect(window[1]).toBeGreaterThanOrEqual(last[2]);
      return window;
    });
    expect(windows.at(-1)![2]).toBe(state.lowWater);
    await engine.idle();
    expect(runs.reduce((sum, run) => sum + run.runs, 0)).toBe(windows.length);
  });

  it('tries a failing rule again by a clock that never jumps', async () => {
    let broken = true;
    const { state, windows, make } = setUp({ fail: () => broken });
    const engine = make();
    state.lowWater += 1_000_000;
    state.now = START_MS + 365 * 24 * HOUR_MS;
    await engine.runRules([rule('one')]);
    broken = false;
    state.now = START_MS;
    state.elapsed += 5_000;
    await engine.runRules([rule('one')]);
    expect(windows).toHaveLength(1);
  });

  it('parks a rule that fails again and again, says so once, also over a restart, and takes a new version at once', async () => {
    const { state, windows, findings, make } = setUp({ fail: (sql) => sql === 'broken' });
    let engine = make();
    state.lowWater += 1_000_000;
    for (let hour = 0; hour < PARK_AFTER + 2; hour++) {
      state.elapsed += HOUR_MS;
      await engine.runRules([rule('broken'), rule('fine')]);
    }
    expect(findings.filter((finding) => finding.rule_id === 'rule-parked')).toMatchObject([
      { entity: { kind: 'rule', value: 'broken' }, values: { failures: String(PARK_AFTER) } },
    ]);
    expect(state.ruleStates.get('broken')).toMatchObject({ state: 'parked' });
    engine = make();
    await engine.runRules([rule('broken')]);
    const mended = { ...rule('broken'), query: 'mended', metadata: { ...rule('broken').metadata, version: 2 } } as Rule;
    await engine.runRules([mended]);
    expect(windows.filter(([id]) => id === 'mended')).toHaveLength(1);
    expect(state.ruleStates.get('broken')).toMatchObject({ state: 'running', ruleVersion: 2 });
  });

  it('says it when a rule found more than it may keep', async () => {
    const { state, findings, runs, make } = setUp();
    state.lowWater += 1_000_000;
    const one = rule('one');
    await make().runRules([{ ...one, metadata: { ...one.metadata, max_signals: 0 } } as Rule]);
    expect(findings).toMatchObject([{ rule_id: 'rule-truncated', values: { hits: '1', kept: '0' } }]);
    expect(runs).toMatchObject([{ truncated: true, totalHits: 1 }]);
  });

  it('writes nothing once another engine has taken over, and goes on from what that one stored', async () => {
    let held = true;
    const { state, findings, windows, make } = setUp({ held: () => held });
    const engine = make();
    state.lowWater += 1_000_000;
    held = false;
    await engine.runRules([rule('one')]);
    expect([findings.length, state.watermarks.size]).toEqual([0, 0]);
    state.watermarks.set('one', state.lowWater);
    held = true;
    engine.forget();
    state.lowWater += 1_000_000;
    await engine.runRules([rule('one')]);
    expect(windows.at(-1)).toEqual(['one', state.lowWater - 1_000_000, state.lowWater]);
  });
});
