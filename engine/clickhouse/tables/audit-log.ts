import { rfc3339, timestampText } from '../../core/timestamp.ts';
import { type Columns, insertRows } from '../insert-rows.ts';
import { CONTROL_DATABASE } from '../migrate.ts';
import type { Store } from '../store.ts';

/** Something that somebody did to the configuration or in it. `detail` holds no secrets and no trace content. */
export interface AuditEntry {
  org: string;
  /** Name and id of the user or token. */
  actor: string;
  /** E.g. `token.create`. */
  action: string;
  /** What it was done to. */
  subject: string;
  detail: string;
  /** Network address that the request came from. */
  address: string;
}

const COLUMNS: Columns<AuditEntry & { now: number }> = {
  at: (entry) => timestampText(entry.now * 1_000),
  org: (entry) => entry.org,
  actor: (entry) => entry.actor,
  action: (entry) => entry.action,
  subject: (entry) => entry.subject,
  detail: (entry) => entry.detail,
  address: (entry) => entry.address,
  id: () => crypto.randomUUID(),
};

/** `now` is in milliseconds since 1970. */
export async function insertAuditEntry(store: Store, entry: AuditEntry, now: number): Promise<void> {
  await insertRows(store, `${CONTROL_DATABASE}.audit_log`, COLUMNS, [{ ...entry, now }], crypto.randomUUID());
}

/** An entry as the API shows it. `at` is RFC 3339 UTC. */
export type ShownAuditEntry = Omit<AuditEntry, 'org'> & { id: string; at: string };

export interface AuditFilter {
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
}

/** Newest first, at most `limit`, behind the entry with the time (DateTime64 text, UTC), action, subject and id in `before` when given. */
export async function listAuditEntries(
  store: Store,
  org: string,
  { action, subject }: AuditFilter,
  before: readonly string[] | undefined,
  limit: number,
): Promise<ShownAuditEntry[]> {
  const [at = '2200-01-01 00:00:00', lastAction = '', lastSubject = '', lastId = ''] = before ?? [];
  const rows = await store.query<ShownAuditEntry>(
    `SELECT id, at, actor, action, subject, detail, address FROM audit_log
     WHERE org = {org: String} ${action === undefined ? '' : 'AND action = {action: String}'}
       ${subject === undefined ? '' : 'AND subject = {subject: String}'}
       AND (at, action, subject, id) < ({at: DateTime64(6, 'UTC')}, {lastAction: String}, {lastSubject: String}, {lastId: String})
     ORDER BY at DESC, action DESC, subject DESC, id DESC LIMIT {limit: UInt32}`,
    { org, action: action ?? '', subject: subject ?? '', at, lastAction, lastSubject, lastId, limit },
    { database: CONTROL_DATABASE },
  );
  return rows.map((row) => ({ ...row, at: rfc3339(row.at) }));
}
