import type { Store } from '../../../engine/clickhouse/store.ts';
import { readAccessSettings } from '../../../engine/clickhouse/tables/access-settings.ts';
import { CodedError } from '../../../engine/core/errors.ts';
import { may } from '../../auth/permissions.ts';
import type { Principal } from '../../auth/principal.ts';
import type { SpanWindow } from './span-window.ts';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
/** What stands for everything that is too small to be shown by itself. */
export const OTHERS = '(others)';

/** People that a figure is about, at least; undefined for those who may see single sessions anyway. */
export async function leastPeople(store: Store, { org, role }: Principal): Promise<number | undefined> {
  return may(role, 'traces:read') ? undefined : (await readAccessSettings(store, org)).minimum_cohort;
}

/**
 * Whole days (UTC) that are over: from two windows that differ by an hour, or two looks at a day that goes on, the figures of one
 * person could be had by subtraction. `now` is in milliseconds since 1970.
 */
export function wholeDays({ from, to }: SpanWindow, now: number): { from: string; to: string } {
  const midnight = (time: number) => Math.floor(time / DAY_MS) * DAY_MS;
  const end = Math.min(to === undefined ? now : Math.ceil(Date.parse(to) / DAY_MS) * DAY_MS, midnight(now));
  const start = from === undefined ? midnight(end) - DEFAULT_DAYS * DAY_MS : midnight(Date.parse(from));
  return { from: new Date(Math.min(start, end)).toISOString(), to: new Date(end).toISOString() };
}

export function refuseSinglePeople(least: number | undefined, isOfPeople: boolean): void {
  if (least !== undefined && isOfPeople)
    throw new CodedError('FORBIDDEN', `Your role sees figures of ${least} people or more, not of single ones`);
}

/**
 * What stands in place of `otel_traces FINAL` for figures: all of it, or, when `least` is given, the spans under `condition` of
 * cells (a day and a value of `key`, a constant or expression over the table) of at least so many people. Smaller cells of a day are put together
 * with the smallest that is large enough, as `CohortKey` '(others)'; a day without a cell that is large enough is left out. So every figure is a sum
 * of cells of enough people, and so is every difference of two figures by the same key.
 */
export function spansOf(
  least: number | undefined,
  key: string,
  condition: string,
  /** What is read instead: a subquery with the same columns. */
  source = 'otel_traces FINAL',
): string {
  if (least === undefined) return `(SELECT *, ${key} AS CohortKey FROM ${source})`;
  const cells = `SELECT toDate(Timestamp) AS cell_day, ${key} AS cell_key, uniqExactIf(UserId, UserId != '') AS people
    FROM ${source} WHERE ${condition} GROUP BY cell_day, cell_key`;
  const judged = `SELECT *, people >= ${least} AS large,
      countIf(NOT large) OVER (PARTITION BY cell_day) AS small_cells, countIf(large) OVER (PARTITION BY cell_day) AS large_cells,
      row_number() OVER (PARTITION BY cell_day, large ORDER BY people, cell_key) AS place
    FROM (${cells})`;
  return `(
    SELECT spans.*, cells.shown AS CohortKey
    FROM (SELECT *, toDate(Timestamp) AS CellDay, ${key} AS CellKey FROM ${source} WHERE ${condition}) AS spans
    INNER JOIN (
      SELECT cell_day, cell_key, if(large AND NOT (small_cells > 0 AND place = 1), cell_key, '${OTHERS}') AS shown
      FROM (${judged}) WHERE large_cells > 0
    ) AS cells ON spans.CellDay = cells.cell_day AND spans.CellKey = cells.cell_key)`;
}
