import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** Who holds a resource. Fences only grow: what carries a lower one than the highest is out of date. */
export interface LeaseRow {
  readonly fence: number;
  readonly holder: string;
  /** Grows with each sign of life of the holder. */
  readonly beat: number;
  readonly released: boolean;
}

interface Claim {
  readonly resource: string;
  readonly fence: number;
  readonly holder: string;
}

interface Beat {
  readonly resource: string;
  readonly fence: number;
  readonly beat: string;
}

const CLAIM_COLUMNS: Columns<Claim> = {
  resource: (row) => row.resource,
  fence: (row) => row.fence,
  holder: (row) => row.holder,
};
const BEAT_COLUMNS: Columns<Beat> = {
  resource: (row) => row.resource,
  fence: (row) => row.fence,
  beat: (row) => row.beat,
};

/** The greatest UInt64: no beat comes after it. */
const RELEASED = '18446744073709551615';

export async function readLease(store: Store, resource: string): Promise<LeaseRow | undefined> {
  const [row] = await store.query<{ fence: string; holder: string; beat: string }>(
    `SELECT fence, any(c.holder) AS holder, max(b.beat) AS beat
     FROM lease_claims AS c
     LEFT JOIN (SELECT fence, beat FROM lease_beats WHERE resource = {resource: String}) AS b ON b.fence = c.fence
     WHERE c.resource = {resource: String}
     GROUP BY c.fence AS fence
     ORDER BY fence DESC
     LIMIT 1`,
    { resource },
    { database: CONTROL_DATABASE },
  );
  return (
    row && {
      fence: Number(row.fence),
      holder: row.holder,
      beat: row.beat === RELEASED ? Number.MAX_SAFE_INTEGER : Number(row.beat),
      released: row.beat === RELEASED,
    }
  );
}

/** Claims the fence; whoever came first has it, which `readLease` tells. */
export async function claimLease(store: Store, claim: Claim): Promise<void> {
  const token = `lease ${claim.resource} ${claim.fence}`;
  await insertRows(store, `${CONTROL_DATABASE}.lease_claims`, CLAIM_COLUMNS, [claim], token);
}

export async function beatLease(store: Store, resource: string, fence: number, beat: number | 'released') {
  const row = { resource, fence, beat: beat === 'released' ? RELEASED : String(beat) };
  await insertRows(store, `${CONTROL_DATABASE}.lease_beats`, BEAT_COLUMNS, [row], crypto.randomUUID());
}
