import type { PersonalDataMode } from '../../core/personal-data-mode.ts';
import { timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import type { Store } from '../store.ts';

/** What an org lets models do besides summaries. */
export interface ModelPasses {
  /** Alerts get a first look. */
  triage: boolean;
  /** Names and addresses are masked in what goes to a provider: off, where it can be done (tag), or nothing is sent without (required). */
  personal_data: PersonalDataMode;
}

const DEFAULTS: ModelPasses = { triage: true, personal_data: 'off' };

const COLUMNS: Columns<ModelPasses & { now: number }> = {
  triage: (row) => row.triage,
  personal_data: (row) => row.personal_data,
  updated_at: (row) => timestampText(row.now * 1_000),
};

export async function readModelPasses(store: Store, database: string): Promise<ModelPasses> {
  const [row] = await store.query<ModelPasses>(
    'SELECT triage, personal_data FROM model_passes FINAL',
    {},
    { database },
  );
  return row ?? DEFAULTS;
}

/** `now` is in milliseconds since 1970. */
export async function saveModelPasses(store: Store, database: string, passes: ModelPasses, now: number): Promise<void> {
  const rows = [{ ...passes, now }];
  await insertRows(store, `${database}.model_passes`, COLUMNS, rows, crypto.randomUUID());
}
