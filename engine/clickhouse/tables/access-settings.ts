import { timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** What an org decided about access. */
export interface AccessSettings {
  /** People that a figure for managers is about, at least. */
  minimum_cohort: number;
}

const DEFAULTS: AccessSettings = { minimum_cohort: 5 };

const COLUMNS: Columns<AccessSettings & { org: string; now: number }> = {
  org: (settings) => settings.org,
  minimum_cohort: (settings) => settings.minimum_cohort,
  updated_at: (settings) => timestampText(settings.now * 1_000),
};

export async function readAccessSettings(store: Store, org: string): Promise<AccessSettings> {
  const [row] = await store.query<AccessSettings>(
    'SELECT minimum_cohort FROM access_settings FINAL WHERE org = {org: String}',
    { org },
    { database: CONTROL_DATABASE },
  );
  return row ?? DEFAULTS;
}

/** `now` is in milliseconds since 1970. */
export async function saveAccessSettings(
  store: Store,
  org: string,
  settings: AccessSettings,
  now: number,
): Promise<void> {
  const rows = [{ ...settings, org, now }];
  await insertRows(store, `${CONTROL_DATABASE}.access_settings`, COLUMNS, rows, crypto.randomUUID());
}
