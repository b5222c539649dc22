import type { Store } from '../../../engine/clickhouse/store.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import type { Principal } from '../../auth/principal.ts';
import { leastPeople, wholeDays } from './cohort.ts';

const DAY_MS = 86_400_000;
const MOST_DAYS = 400;

/**
 * The period of leaders' figures, milliseconds since 1970, the last day when left out; for who sees no single sessions whole days, with
 * the people that a figure is about at least. Throws BAD_REQUEST.
 */
export async function leadersPeriod(
  store: Store,
  principal: Principal,
  query: { readonly from?: string | undefined; readonly to?: string | undefined },
  now: number,
): Promise<{ readonly from: number; readonly to: number; readonly least: number | undefined }> {
  const to = query.to === undefined ? now : Date.parse(query.to);
  const from = query.from === undefined ? to - DAY_MS : Date.parse(query.from);
  if (from >= to || to - from > MOST_DAYS * DAY_MS)
    throw new CodedError('BAD_REQUEST', `A period has at most ${MOST_DAYS} days and begins before it ends`);
  const least = await leastPeople(store, principal);
  if (least === undefined) return { from, to, least };
  const days = wholeDays({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }, now);
  return { from: Date.parse(days.from), to: Date.parse(days.to), least };
}
