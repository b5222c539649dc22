import type { Alert } from '../core/alert.ts';
import type { Delivery } from '../core/delivery.ts';
import type { Destination } from '../core/destination.ts';
import type { Notification, Subject } from '../core/notification.ts';
import type { AlertStore } from './alert-store.ts';
import { kindOf, ratePerMinute } from './destination-book.ts';
import { factsOfAlert } from './facts-of-alert.ts';
import { readSummaryText } from './fold.ts';
import { revised } from './revised.ts';
import { silenceOf } from './routing/choose-destinations.ts';
import type { MatchSubject } from './routing/matcher.ts';
import type { Policy, Silence } from './routing/policy.ts';
import { readSubjects } from './routing/read-subjects.ts';
import { silenceNotice } from './routing/silence-notice.ts';

export interface OccasionDeps {
  readonly store: Pick<AlertStore, 'readAlerts' | 'readReceipts' | 'readSummary' | 'readParticipants' | 'readHeldBack'>;
  readonly policy: () => Promise<Policy>;
  readonly org: string;
  readonly publicUrl: string;
  readonly context: { readonly clock: () => number };
}

interface Occasions {
  /** Undefined where the alert is gone. */
  readonly ready: { readonly delivery: Delivery; readonly notification: Notification | undefined }[];
  /** What has become needless: reminders of alerts that somebody took on, notices of silences that were ended. */
  readonly needless: Delivery[];
}

/** What due deliveries are about, as it stands now. */
export async function readOccasions(
  destination: Destination,
  due: readonly Delivery[],
  deps: OccasionDeps,
): Promise<Occasions> {
  const { store } = deps;
  const ids = due.filter(({ event }) => event !== 'summary' && event !== 'notice').map(({ alert_id }) => alert_id);
  const alerts = new Map((await readAlerts([...new Set(ids)], store)).map((alert) => [alert.id, alert]));
  const threads = ids.length > 0 && kindOf(destination.kind)?.threads === true;
  const receipts = threads ? await store.readReceipts(destination.id, ids) : new Map<string, string>();
  const policy = await deps.policy();
  const reminded = due.filter(isReminder).flatMap(({ alert_id }) => alerts.get(alert_id) ?? []);
  const subjects = await readSubjects(reminded.map(factsOfAlert), policy, deps.org, store);
  const now = deps.context.clock();
  const occasions: Occasions = { ready: [], needless: [] };
  for (const delivery of due) {
    const alert = alerts.get(delivery.alert_id);
    const ended = needlessness(delivery, alert, subjects.get(delivery.alert_id), policy, now);
    if (ended !== undefined) {
      occasions.needless.push({ ...revised(plain(delivery), now), ...ended });
      continue;
    }
    const subject = await subjectOf(delivery, alert, destination, policy, deps);
    const { event, delivery_id, alert_id } = delivery;
    const receipt = receipts.get(alert_id) ?? '';
    const notification = subject && { event, delivery_id, subject, receipt, publicUrl: deps.publicUrl };
    occasions.ready.push({ delivery: plain(delivery), notification });
  }
  return occasions;
}

function isReminder({ event }: Delivery): boolean {
  return event === 'escalated' || event === 'repeated';
}

function needlessness(
  delivery: Delivery,
  alert: Alert | undefined,
  subject: MatchSubject | undefined,
  policy: Policy,
  now: number,
): Pick<Delivery, 'state' | 'reason'> | undefined {
  if (delivery.event === 'notice')
    return noticedSilence(delivery, policy) === undefined
      ? { state: 'superseded', reason: 'the silence was ended' }
      : undefined;
  if (!isReminder(delivery)) return undefined;
  if (alert !== undefined && alert.status !== 'open')
    return { state: 'superseded', reason: `the alert is ${alert.status}` };
  const silence = subject && silenceOf(policy, subject, now);
  return silence && { state: 'silenced', reason: `silence:${silence.id}` };
}

async function subjectOf(
  delivery: Delivery,
  alert: Alert | undefined,
  destination: Destination,
  policy: Policy,
  { store }: OccasionDeps,
): Promise<Subject | undefined> {
  if (delivery.event === 'summary')
    return { kind: 'summary', summary: await readSummaryText(delivery, ratePerMinute(destination), store) };
  if (delivery.event === 'notice') {
    const silence = noticedSilence(delivery, policy);
    return silence && { kind: 'notice', notice: await silenceNotice(silence, delivery.alert_id, store) };
  }
  return alert && { kind: 'alert', alert };
}

function noticedSilence(delivery: Delivery, policy: Policy): Silence | undefined {
  return policy.silences.find((silence) => delivery.reason === `silence:${silence.id}:${silence.ends_at}`);
}

/** The view works out each alert; of a thousand at once it would take more memory than it may. */
const ALERTS_AT_ONCE = 200;

async function readAlerts(ids: readonly string[], store: Pick<AlertStore, 'readAlerts'>): Promise<Alert[]> {
  const alerts: Alert[] = [];
  for (let at = 0; at < ids.length; at += ALERTS_AT_ONCE)
    alerts.push(...(await store.readAlerts(ids.slice(at, at + ALERTS_AT_ONCE))));
  return alerts;
}

/** Without what only the queue knows. */
function plain(delivery: Delivery): Delivery {
  const { first: _, next_event: __, ...rest } = delivery as Delivery & { first?: boolean; next_event?: string };
  return rest;
}
