import { describe, expect, test } from 'vitest';
import { planEvents } from '../../../engine/alerts/plan-events.ts';
import type { PlanFacts } from '../../../engine/alerts/plan-facts.ts';
import { type Policy, toPolicy } from '../../../engine/alerts/routing/policy.ts';
import type { AlertEventType } from '../../../engine/core/alert.ts';
import type { Announcement, RecentEvent } from '../../../engine/core/delivery.ts';
import type { Destination } from '../../../engine/core/destination.ts';

const NOW = Date.parse('2026-11-20T11:00:00Z');
const at = (minute: number) => `2026-11-20 10:${String(minute).padStart(2, '0')}:00.000000`;

function event(type: AlertEventType, minute = 5, changes: Partial<RecentEvent> = {}): RecentEvent {
  return {
    event_id: `${type}-${minute}`,
    alert_id: 'a1',
    type,
    at: at(minute),
    notifies: true,
    rule_id: 'leaked-secret',
    severity: 'high',
    entity_kind: 'session',
    entity_value: 's1',
    session_id: 's1',
    tags: [],
    ...changes,
  };
}

function destination(id = 'd1', createdAt = at(0)): Destination {
  return { id, kind: 'webhook', name: id, settings: {}, secrets: {}, created_at: createdAt, created_by: 'ana' };
}

const NO_POLICY = toPolicy([]);

function planned(
  events: RecentEvent[],
  announcements: Announcement[],
  destinations: Destination[],
  { policy = NO_POLICY, now = NOW, ...facts }: Partial<PlanFacts> & { policy?: Policy; now?: number } = {},
) {
  const all = { announcements, told: [], subjects: new Map(), standing: [], bundles: new Map(), ...facts };
  return planEvents(events, all, { policy, destinations }, now);
}

const told = (destination_id = 'd1', digest = false) => ({ alert_id: 'a1', destination_id, route_id: '', digest });

const announcedBy = (eventId: string, minute: number): Announcement[] => [
  { alert_id: 'a1', event_id: eventId, at: at(minute) },
];

describe('as what an event is told', () => {
  const early = announcedBy('opened-1', 1);
  test.each<[string, RecentEvent, Announcement[], string]>([
    ['the opening', event('opened', 1), early, 'opened'],
    ['a match', event('matched'), early, 'updated'],
    ['an acknowledgement', event('acknowledged'), early, 'acknowledged'],
    ['a close', event('closed'), early, 'closed'],
    ['a reopening', event('reopened'), early, 'opened'],
    ['an assignment', event('assigned'), early, 'nothing'],
    ['a comment', event('commented'), early, 'nothing'],
    ['a match made late', event('matched', 5, { notifies: false }), early, 'nothing'],
    ['the first match on time', event('matched'), announcedBy('matched-5', 5), 'opened'],
    ['the opening before it', event('opened', 1, { notifies: false }), announcedBy('matched-5', 5), 'nothing'],
    ['an acknowledgement before it', event('acknowledged', 3), announcedBy('matched-5', 5), 'nothing'],
    ['an acknowledgement of an alert that notifies nobody', event('acknowledged'), [], 'nothing'],
  ])('%s', (_, happened, announcements, expected) => {
    const heard = announcements.some((one) => one.event_id !== happened.event_id) ? [told()] : [];
    const deliveries = planned([happened], announcements, [destination()], { told: heard });
    expect(deliveries.map((delivery) => delivery.event).join() || 'nothing').toBe(expected);
  });
});

describe('a plan', () => {
  test('names what is the same on every engine and restart', () => {
    const [delivery] = planned([event('opened', 1)], announcedBy('opened-1', 1), [destination()]);
    expect(delivery).toEqual({
      delivery_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      destination_id: 'd1',
      event_id: 'opened-1',
      alert_id: 'a1',
      event: 'opened',
      event_at: at(1),
      planned_at: '2026-11-20 11:00:00.000000',
      state: 'pending',
      attempts: 0,
      next_attempt_at: '2026-11-20 11:00:00.000000',
      updated_at: '2026-11-20 11:00:00.000000',
      revision: 0,
      route_id: '',
      bundle: '',
      summary_id: '',
      reason: '',
      receipt: '',
    });
    const [again] = planned([event('opened', 1)], announcedBy('opened-1', 1), [destination()], { now: NOW + 60_000 });
    expect(again!.delivery_id).toBe(delivery!.delivery_id);
  });

  test('goes to every destination that was there', () => {
    const destinations = [destination('d1'), destination('d2', at(1)), destination('d3', at(2))];
    const deliveries = planned([event('opened', 1)], announcedBy('opened-1', 1), destinations);
    expect(deliveries.map((delivery) => delivery.destination_id)).toEqual(['d1', 'd2']);
    expect(new Set(deliveries.map((delivery) => delivery.delivery_id)).size).toBe(2);
  });

  test('takes an event that two engines wrote once', () => {
    const twice = [event('opened', 1), event('opened', 2, { event_id: 'opened-1' })];
    expect(planned(twice, announcedBy('opened-1', 1), [destination()])).toHaveLength(1);
  });
});
