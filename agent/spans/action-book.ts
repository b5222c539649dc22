import type { ClientSpan } from '../spool/client-span.ts';
import type { Spool } from '../spool/open-spool.ts';

/** A call or a sub-agent that has begun, or is done and could still be told of a second time. */
export interface Action {
  readonly spanId: string;
  readonly session: string;
  readonly kind: 'call' | 'agent';
  /** HMAC of the tool's own id; '' while none said one. */
  callKey: string;
  /** HMAC of what makes it the same in the eyes of two hook systems. */
  readonly target: string;
  readonly openedMs: number;
  doneMs: number | null;
  /** Which events, of which hook system, told of it. */
  seen: string[];
  /** The span as far as it is known; what it holds is redacted. */
  body: ClientSpan;
}

/** A call without an id that is told of again after this time is another call. */
const SAME_CALL_MS = 60_000;
/** An action that has not ended by then is told of as unfinished. */
const UNFINISHED_MS = 6 * 3_600_000;
const REMEMBERED_MS = 24 * 3_600_000;
const SESSION_REMEMBERED_MS = 30 * REMEMBERED_MS;

interface Row {
  readonly span_id: string;
  readonly session: string;
  readonly kind: 'call' | 'agent';
  readonly call_key: string;
  readonly target: string;
  readonly opened_ms: number;
  readonly done_ms: number | null;
  readonly seen: string;
  readonly body: string;
}

export function saveAction({ database }: Spool, action: Action): void {
  database
    .prepare('INSERT OR REPLACE INTO actions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)')
    .run(
      action.spanId,
      action.session,
      action.kind,
      action.callKey,
      action.target,
      action.openedMs,
      action.doneMs,
      JSON.stringify(action.seen),
      JSON.stringify(action.body),
    );
}

export function findAction({ database }: Spool, spanId: string): Action | undefined {
  const row = database.prepare('SELECT * FROM actions WHERE span_id = ?').get(spanId) as Row | undefined;
  return row && actionOf(row);
}

/**
 * The call that an event tells of, if another event told of it before. The tool's own id decides where there is one. Otherwise it is
 * the oldest call with the same target that this event, of this hook system, has not told of yet: two commands that read the same stay
 * two calls, one command that two systems report is one.
 */
export function findCall(
  spool: Spool,
  session: string,
  callKey: string,
  target: string,
  mark: string,
  nowMs: number,
): Action | undefined {
  const { database } = spool;
  const named = "SELECT * FROM actions WHERE session = ? AND call_key = ? AND call_key != '' AND kind = 'call'";
  const byId = database.prepare(named).get(session, callKey) as Row | undefined;
  if (byId !== undefined) return actionOf(byId);
  const alike = "SELECT * FROM actions WHERE session = ? AND target = ? AND kind = 'call' ORDER BY opened_ms, span_id";
  const actions = (database.prepare(alike).all(session, target) as unknown as Row[]).map(actionOf);
  const could = actions.filter(
    (action) =>
      !action.seen.includes(mark) &&
      (callKey === '' || action.callKey === '') &&
      (action.doneMs === null || nowMs - action.doneMs < SAME_CALL_MS),
  );
  return could.find((action) => action.doneMs === null) ?? could[0];
}

/** Those of a session that have not ended, the latest first. */
export function openActions({ database }: Spool, session: string): Action[] {
  return (
    database
      .prepare('SELECT * FROM actions WHERE session = ? AND done_ms IS NULL ORDER BY opened_ms DESC, span_id')
      .all(session) as unknown as Row[]
  ).map(actionOf);
}

/** In a transaction: tells of actions that will not end any more, forgets what is long over. */
export function sweepActions(spool: Spool, nowMs: number): void {
  const { database } = spool;
  const stale = database
    .prepare('SELECT * FROM actions WHERE done_ms IS NULL AND opened_ms < ? LIMIT 500')
    .all(nowMs - UNFINISHED_MS) as unknown as Row[];
  for (const row of stale) finishUnfinished(spool, actionOf(row), nowMs);
  database.prepare('DELETE FROM actions WHERE done_ms < ?').run(nowMs - REMEMBERED_MS);
  database.prepare('DELETE FROM sessions WHERE seen_ms < ?').run(nowMs - SESSION_REMEMBERED_MS);
  database.prepare('DELETE FROM aliases WHERE seen_ms < ?').run(nowMs - SESSION_REMEMBERED_MS);
}

/** In a transaction: an action whose end nobody told of, a call that was refused for instance. */
export function finishUnfinished(spool: Spool, action: Action, nowMs: number): void {
  const attributes = { ...action.body.attributes, 'spanwarden.client.outcome': 'unfinished' };
  spool.append({ ...action.body, attributes }, nowMs);
  saveAction(spool, { ...action, doneMs: nowMs });
}

function actionOf(row: Row): Action {
  return {
    spanId: row.span_id,
    session: row.session,
    kind: row.kind,
    callKey: row.call_key,
    target: row.target,
    openedMs: row.opened_ms,
    doneMs: row.done_ms,
    seen: JSON.parse(row.seen) as string[],
    body: JSON.parse(row.body) as ClientSpan,
  };
}
