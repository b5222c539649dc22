import type { AlertEvent, AlertState } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import type { Finding } from '../core/finding.ts';
import { timestampText } from '../core/timestamp.ts';
import type { AlertStore } from './alert-store.ts';
import { type AlertRule, advance, decide, groupKeyOf } from './lifecycle.ts';

/** Findings worked on at once; bounds the statements' size and what is held in memory. */
const BATCH = 500;

export interface ApplyDeps {
  readonly store: Pick<AlertStore, 'insertFindings' | 'insertAlertEvents' | 'readAlertStates'>;
  readonly clock: Clock;
  /** Hears of each batch once it is stored. */
  readonly written: (events: readonly AlertEvent[]) => void;
}

/**
 * Stores a rule's findings and what follows from them in the alerts' logs. Safe to repeat after a failure or a crash: what is
 * there already stays. Calls for one org must come one after the other. Throws the store's CodedError.
 */
export async function applyFindings(
  rule: AlertRule,
  findings: readonly Finding[],
  { store, clock, written }: ApplyDeps,
): Promise<AlertEvent[]> {
  const all: AlertEvent[] = [];
  for (let start = 0; start < findings.length; start += BATCH) {
    const batch = findings.slice(start, start + BATCH);
    await store.insertFindings(batch, timestampText(clock() * 1000));
    const events = decideBatch(await readStates(batch, store), rule, batch, clock());
    await store.insertAlertEvents(events);
    if (events.length > 0) written(events);
    all.push(...events);
  }
  return all;
}

async function readStates(
  findings: readonly Finding[],
  store: ApplyDeps['store'],
): Promise<ReadonlyMap<string, AlertState>> {
  const groupKeys = [...new Set(findings.map(groupKeyOf))];
  const matches = [...new Set(findings.map((finding) => finding.match))];
  const states = await store.readAlertStates(groupKeys, matches);
  return new Map(states.map((state) => [state.group_key, state]));
}

function decideBatch(
  known: ReadonlyMap<string, AlertState>,
  rule: AlertRule,
  findings: readonly Finding[],
  now: number,
): AlertEvent[] {
  const states = new Map(known);
  return findings.flatMap((finding) => {
    const group = groupKeyOf(finding);
    const events = decide(states.get(group), finding, rule, now);
    for (const event of events) states.set(group, advance(states.get(group), event));
    return events;
  });
}
