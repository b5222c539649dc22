import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** Something that somebody did to the configuration or in it. `detail` holds no secrets and no trace content. */
export interface AuditEntry {
  org: string;
  /** Name and id of the token. */
  actor: string;
  /** E.g. `token.create`. */
  action: string;
  /** What it was done to. */
  subject: string;
  detail: string;
}

const COLUMNS: Columns<AuditEntry & { now: number }> = {
  at: (entry) => timestampText(entry.now * 1_000),
  org: (entry) => entry.org,
  actor: (entry) => entry.actor,
  action: (entry) => entry.action,
  subject: (entry) => entry.subject,
  detail: (entry) => entry.detail,
};

/** `now` is in milliseconds since 1970. */
export async function insertAuditEntry(store: Store, entry: AuditEntry, now: number): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.audit_log`, COLUMNS, [{ ...entry, now }], crypto.randomUUID());
}

/** An entry as the API shows it. `at` is RFC 3339 UTC. */
export type ShownAuditEntry = Omit<AuditEntry, 'org'> & { at: string };

/** Newest first, at most `limit`, behind the entry with the time (DateTime64 text, UTC), action and subject in `before` when given. */
export async function listAuditEntries(
  store: Store,
  org: string,
  before: readonly string[] | undefined,
  limit: number,
): Promise<ShownAuditEntry[]> {
  const rows = await store.query<ShownAuditEntry>(
    `SELECT at, actor, action, subject, detail FROM audit_log
     WHERE org = {org: String} AND (at, action, subject) < ({at: DateTime64(6, 'UTC')}, {action: String}, {subject: String})
     ORDER BY at DESC, action DESC, subject DESC LIMIT {limit: UInt32}`,
    { org, at: before?.[0] ?? '2200-01-01 00:00:00', action: before?.[1] ?? '', subject: before?.[2] ?? '', limit },
    { database: CONTROL_DATABASE },
  );
  return rows.map((row) => ({ ...row, at: rfc3339(row.at) }));
}
