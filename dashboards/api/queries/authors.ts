import { z } from 'zod';
import type { Store } from '../../../engine/clickhouse/store.ts';

/** How stored spans name one person: the user id as it was redacted, and its fingerprint ('' where the id is no token). */
export interface StoredIdentity {
  readonly text: string;
  readonly print: string;
}

export type ContentSubject = { readonly session: string } | { readonly trace: string };

/** More sessions than a trace has. */
const MOST_SESSIONS = 100;
const MOST_AUTHORS = 100;

/** Sessions that spans of the trace belong to; '' stands for spans without one. */
export async function sessionsOfTrace(store: Store, database: string, trace: string): Promise<string[]> {
  const rows = await store.query<{ session: string }>(
    'SELECT DISTINCT SessionId AS session FROM otel_traces WHERE TraceId = {trace: String} LIMIT {most: UInt32}',
    { trace, most: MOST_SESSIONS },
    { database },
  );
  return rows.map(({ session }) => session);
}

const MINE = `arrayExists((text, print) -> UserId = text AND (print = '' OR has(Redactions.Fingerprint, print)),
  {texts: Array(String)}, {prints: Array(String)})`;

/**
 * Whether somebody is the author of all of it: some span names a user, and every span that does names this person, in the whole
 * of each session that is touched. Who can send spans can only take authorship away from others that way, not gain it.
 */
export async function isAuthor(
  store: Store,
  database: string,
  subject: ContentSubject,
  identities: readonly StoredIdentity[],
): Promise<boolean> {
  if (identities.length === 0) return false;
  const trace = 'trace' in subject ? subject.trace : '';
  const sessions = 'session' in subject ? [subject.session] : await sessionsOfTrace(store, database, trace);
  if (sessions.length >= MOST_SESSIONS) return false;
  const [row] = await store.query(
    `SELECT countIf(UserId != '') AS named, countIf(UserId != '' AND ${MINE}) AS mine FROM otel_traces FINAL
     WHERE (SessionId != '' AND SessionId IN {sessions: Array(String)}) OR (TraceId != '' AND TraceId = {trace: String})`,
    { sessions, trace, ...arraysOf(identities) },
    { database },
  );
  const { named, mine } = z.object({ named: z.coerce.number(), mine: z.coerce.number() }).parse(row);
  return named > 0 && mine === named;
}

/** A condition over the spans of a session's users, for lists of one's own; its parameters are `params`. */
export function ownSessionsSql(identities: readonly StoredIdentity[]): {
  condition: string;
  params: Record<string, unknown>;
} {
  return {
    condition: `SessionId IN (SELECT SessionId FROM otel_traces FINAL WHERE SessionId != '' AND UserId != '' AND SessionId IN
        (SELECT SessionId FROM otel_traces WHERE UserId IN {texts: Array(String)})
      GROUP BY SessionId HAVING countIf(NOT ${MINE}) = 0)`,
    params: arraysOf(identities),
  };
}

/** Who the spans name, at most a hundred. */
export async function authorsOf(
  store: Store,
  database: string,
  subject: ContentSubject,
): Promise<StoredIdentity[] | undefined> {
  const [column, id] = 'session' in subject ? ['SessionId', subject.session] : ['TraceId', subject.trace];
  const rows = await store.query<{ text: string; prints: string[]; spans: string }>(
    `SELECT UserId AS text, groupUniqArrayArray(100)(Redactions.Fingerprint) AS prints, count() AS spans
     FROM otel_traces FINAL WHERE ${column} = {id: String} GROUP BY UserId ORDER BY UserId LIMIT {most: UInt32}`,
    { id, most: MOST_AUTHORS },
    { database },
  );
  if (rows.length === 0) return undefined;
  // Which of a span's fingerprints is the user id's is not stored: all go along, and the text decides with them.
  return rows
    .filter(({ text }) => text !== '')
    .flatMap(({ text, prints }) =>
      prints.length === 0 ? [{ text, print: '' }] : prints.map((print) => ({ text, print })),
    );
}

function arraysOf(identities: readonly StoredIdentity[]) {
  return { texts: identities.map(({ text }) => text), prints: identities.map(({ print }) => print) };
}
