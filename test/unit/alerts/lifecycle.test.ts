import { describe, expect, test } from 'vitest';
import { advance, decide, groupKeyOf } from '../../../engine/alerts/lifecycle.ts';
import type { AlertEvent, AlertState, AlertStatus } from '../../../engine/core/alert.ts';
import type { Finding } from '../../../engine/core/finding.ts';
import { sampleFinding, sampleRule } from './sample-finding.ts';

const rule = sampleRule();
const NOW = Date.parse('2026-11-20T10:01:00Z');
const known = sampleFinding(rule, 's1', ['a']);
const fresh = sampleFinding(rule, 's1', ['b']);

/** A group whose newest alert is the second and has the status; every alert before saw `known`. */
function state(status: AlertStatus): AlertState {
  return {
    group_key: groupKeyOf(known),
    alert_id: 'second',
    episode: 2,
    status,
    seen: new Set([known.match]),
    last_at: '2026-11-20 10:00:30.000000',
  };
}

describe('what a finding adds to the log', () => {
  const table: [AlertStatus | 'none', 'known' | 'fresh', string][] = [
    ['none', 'fresh', 'opened 1'],
    ['open', 'fresh', 'matched 2'],
    ['open', 'known', 'nothing'],
    ['acknowledged', 'fresh', 'matched 2'],
    ['acknowledged', 'known', 'nothing'],
    ['closed', 'fresh', 'opened 3'],
    ['closed', 'known', 'nothing'],
  ];
  test.each(table)('newest alert %s, match %s: %s', (status, match, expected) => {
    const current = status === 'none' ? undefined : state(status);
    const events = decide(current, match === 'known' ? known : fresh, rule, NOW);
    expect(events.map((event) => `${event.type} ${event.episode}`).join() || 'nothing').toBe(expected);
  });

  test.each([
    ['experimental', 0],
    ['test', 1],
    ['stable', 1],
    ['deprecated', 0],
  ] as const)('a rule of status %s makes %i alerts', (status, count) => {
    expect(decide(undefined, fresh, sampleRule({ status }), NOW)).toHaveLength(count);
  });
});

describe('identity', () => {
  const opened = (finding: Finding, current?: AlertState, now = NOW) => decide(current, finding, rule, now)[0]!;

  test('is the same whenever and wherever the decision is made again', () => {
    const { at: _, ...early } = opened(fresh);
    const { at: __, ...late } = opened(fresh, undefined, NOW + 5_000);
    expect(late).toEqual(early);
    expect(decide(state('open'), fresh, rule, NOW)[0]!.event_id).toBe(
      decide(state('open'), fresh, rule, 0)[0]!.event_id,
    );
  });

  test('an opening is one event whatever evidence came first, and each match is one', () => {
    expect(opened(known).event_id).toBe(opened(fresh).event_id);
    const other = sampleFinding(rule, 's1', ['c']);
    expect(decide(state('open'), fresh, rule, NOW)[0]!.event_id).not.toBe(
      decide(state('open'), other, rule, NOW)[0]!.event_id,
    );
  });

  test.each<[string, Finding]>([
    ['entity', sampleFinding(rule, 's2', ['a'])],
    ['dedup key', sampleFinding(rule, 's1', ['a'], { dedup_key: 'other' })],
    ['rule', sampleFinding(sampleRule({ id: 'other-rule' }), 's1', ['a'])],
    ['kind of entity', sampleFinding(sampleRule({ entity: 'agent' }), 's1', ['a'])],
  ])('another %s is another group', (_, finding) => {
    expect(groupKeyOf(finding)).not.toBe(groupKeyOf(known));
    expect(opened(finding).alert_id).not.toBe(opened(known).alert_id);
  });

  test('the next episode is another alert', () => {
    expect(opened(fresh, state('closed')).alert_id).not.toBe(opened(fresh).alert_id);
  });
});

describe('order of the log', () => {
  test('entries are apart and in order when the clock stands still or goes back', () => {
    let current: AlertState | undefined;
    const events: AlertEvent[] = [];
    for (const [span, now] of [
      ['a', NOW],
      ['b', NOW],
      ['c', NOW - 60_000],
    ] as const) {
      const [event] = decide(current, sampleFinding(rule, 's1', [span]), rule, now);
      current = advance(current, event!);
      events.push(event!);
    }
    expect(events.map((event) => event.at)).toEqual([
      '2026-11-20 10:01:00.000000',
      '2026-11-20 10:01:00.000001',
      '2026-11-20 10:01:00.000002',
    ]);
    expect(current).toMatchObject({ episode: 1, status: 'open' });
    expect(current!.seen.size).toBe(3);
  });
});

describe('hostile findings', () => {
  test('what comes out of traces is bounded plain text; what is cut is counted', () => {
    const finding = sampleFinding(
      rule,
      's1',
      Array.from({ length: 250 }, (_, i) => `span${i}`),
      { title: `pay\u202e now\u0000\n\u001b[31m${'x'.repeat(5_000)}`, entity: 'e'.repeat(5_000) },
    );
    finding.values = Object.fromEntries(Array.from({ length: 80 }, (_, i) => [`v${i}`, 'y'.repeat(2_000)]));
    const [event] = decide(undefined, finding, rule, NOW);
    expect(event!.title).toMatch(/^pay now \[31mx+…$/);
    expect(event!.title).toHaveLength(300);
    expect(event!.entity_value).toHaveLength(500);
    expect(event!.evidence).toHaveLength(100);
    expect(event!.evidence_total).toBe(250);
    expect(Object.keys(event!.values)).toHaveLength(50);
    expect(event!.values['v0']).toHaveLength(500);
  });
});
