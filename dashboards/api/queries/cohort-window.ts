import type { Store } from '../../../engine/clickhouse/store.ts';
import type { Principal } from '../../auth/principal.ts';
import { leastPeople, wholeDays } from './cohort.ts';
import { type SpanWindow, type WindowSql, windowSql } from './span-window.ts';

/** The window whose figures somebody may see, and how many people each has to be about; see cohort.ts. `now`: milliseconds since 1970. */
export async function cohortWindow(
  store: Store,
  principal: Principal,
  window: SpanWindow,
  now: number,
): Promise<{ least: number | undefined; shown: WindowSql }> {
  const least = await leastPeople(store, principal);
  return { least, shown: windowSql(least === undefined ? window : wholeDays(window, now), now) };
}
