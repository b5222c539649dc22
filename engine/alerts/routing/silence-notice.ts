import type { Delivery } from '../../core/delivery.ts';
import type { Destination } from '../../core/destination.ts';
import { hash } from '../../core/finding.ts';
import type { Notice } from '../../core/notification.ts';
import { timestampText } from '../../core/timestamp.ts';
import type { AlertStore } from '../alert-store.ts';
import { newDelivery } from '../new-delivery.ts';
import { fallbackIds } from './choose-destinations.ts';
import type { Policy, Silence } from './policy.ts';

/** The notices that are due before silences end, one for each destination that hears of them. */
export function planNotices(policy: Policy, destinations: readonly Destination[], now: number): Delivery[] {
  const fallback = fallbackIds(destinations);
  const ids = fallback.length > 0 ? fallback : destinations.map(({ id }) => id);
  return policy.silences
    .filter((silence) => isEnding(silence, now))
    .flatMap((silence) => {
      const id = hash('silence ends', silence.id, silence.ends_at);
      const occasion = { event_id: id, alert_id: id, at: timestampText(now * 1000) };
      const reason = `silence:${silence.id}:${silence.ends_at}`;
      return ids.map((destination) => newDelivery(occasion, destination, 'notice', now, { reason }));
    });
}

function isEnding({ starts_at, ends_at, notice_minutes }: Silence, now: number): boolean {
  const end = Date.parse(ends_at);
  if (notice_minutes === null || now >= end || now < Date.parse(starts_at)) return false;
  return now >= end - notice_minutes * 60_000;
}

/** What such a notice says. */
export async function silenceNotice(
  { id, ends_at, reason }: Silence,
  noticeId: string,
  store: Pick<AlertStore, 'readHeldBack'>,
): Promise<Notice> {
  const held = (await store.readHeldBack()).find((row) => row.reason === `silence:${id}`);
  return {
    id: noticeId,
    title: `A silence ends at ${ends_at}`,
    lines: [
      `It was entered because: ${reason}`,
      `It held back ${held?.events ?? 0} messages about ${held?.alerts ?? 0} alerts; they are in the list of alerts.`,
    ],
  };
}
