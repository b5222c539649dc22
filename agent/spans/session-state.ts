import type { ClientAttributes } from '../spool/client-span.ts';
import type { Spool } from '../spool/open-spool.ts';

/** What one hook process of a session leaves to the next. Redacted, every string of it. */
export interface SessionState {
  /** Attributes of the resource: identity, folder, repository, branch, model. */
  facts: ClientAttributes;
  /** Nothing may be recorded of it while it says no other folder. */
  ignored: boolean;
  ended: boolean;
  /** The span that all others are below is told of once. */
  rooted: boolean;
  startedMs: number;
  turns: number;
  calls: number;
  agents: number;
  notices: number;
  /** Of the exchange with the user that is going on; '' before the first. */
  turnKey: string;
  turnSpanId: string;
  /** The last exchange whose end was told of. */
  endedTurn: string | null;
  /** What came last, to know it again when a second hook system brings it. */
  said: readonly { readonly hash: string; readonly ms: number }[];
}

/** Undefined for a session that was never seen, or too long ago. */
export function findSession({ database }: Spool, key: string): SessionState | undefined {
  const row = database.prepare('SELECT state FROM sessions WHERE key = ?').get(key) as { state: string } | undefined;
  return row === undefined ? undefined : (JSON.parse(row.state) as SessionState);
}

export function newSession(nowMs: number): SessionState {
  return {
    facts: {},
    ignored: false,
    ended: false,
    rooted: false,
    startedMs: nowMs,
    turns: 0,
    calls: 0,
    agents: 0,
    notices: 0,
    turnKey: '',
    turnSpanId: '',
    endedTurn: null,
    said: [],
  };
}

export function saveSession({ database }: Spool, key: string, state: SessionState, nowMs: number): void {
  database
    .prepare('INSERT OR REPLACE INTO sessions (key, seen_ms, state) VALUES (?, ?, ?)')
    .run(key, nowMs, JSON.stringify(state));
}

/** The session and sub-agent that a session of its own turned out to be part of. */
export function findAlias({ database }: Spool, key: string): { session: string; agent: string } | undefined {
  return database.prepare('SELECT session, agent FROM aliases WHERE key = ?').get(key) as
    | { session: string; agent: string }
    | undefined;
}

export function saveAlias({ database }: Spool, key: string, session: string, agent: string, nowMs: number): void {
  database
    .prepare('INSERT OR REPLACE INTO aliases (key, session, agent, seen_ms) VALUES (?, ?, ?, ?)')
    .run(key, session, agent, nowMs);
}
