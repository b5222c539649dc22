import { STRICTEST_CLIENT_POLICY } from '../../engine/core/client-policy.ts';
import type { Clock } from '../../engine/core/clock.ts';
import { SENT_FINDINGS_KEY } from '../../engine/redaction/sent-findings.ts';
import type { ToolEvent } from '../hooks/tool-event.ts';
import type { MachineKey } from '../machine-key.ts';
import type { PolicyInForce } from '../policy/policy-in-force.ts';
import type { AttributeRedactor } from '../redact-attributes-of.ts';
import { type Repository, readRepository } from '../repository/read-repository.ts';
import type { ClientAttributes } from '../spool/client-span.ts';
import type { Spool } from '../spool/open-spool.ts';
import { sweepActions } from './action-book.ts';
import { type Capture, captureOf } from './capture.ts';
import { eventAttributes } from './event-attributes.ts';
import { growTree } from './grow-tree.ts';
import { sentEmail, sessionFacts } from './session-facts.ts';
import { findAlias, findSession, newSession, saveAlias, saveSession } from './session-state.ts';
import { SessionTree } from './session-tree.ts';

export interface RecordContext {
  readonly spool: Spool;
  readonly key: MachineKey;
  /** Undefined when none could be made: then only minimal metadata is recorded, which holds nothing of the event's texts. */
  readonly redact: AttributeRedactor | undefined;
  readonly policy: () => PolicyInForce;
  readonly clock: Clock;
  readonly version: string;
}

const SWEEP_EVERY_MS = 60_000;

export type Recorded = 'recorded' | 'ignored' | 'without session';

/**
 * An event's way into the spool: whose session → what may be recorded → attributes → redaction → the session's tree → spool. Everything
 * that is written is redacted before the transaction begins. Throws what the spool throws.
 * @param via the hook system that brought it: the word after `agent hook`
 */
export function recordEvent(event: ToolEvent, via: string, context: RecordContext): Recorded {
  const { spool, key, clock } = context;
  const now = clock();
  if (event.sessionId === '') {
    spool.inTransaction(() => spool.addTo('without_session', 1));
    return 'without session';
  }
  const own = key.idOf(16, 'session', event.tool, event.sessionId);
  const parentId = event.parentSessionId === event.sessionId ? '' : (event.parentSessionId ?? '');
  const parent = parentId === '' ? '' : key.idOf(16, 'session', event.tool, parentId);
  // the session that started it may be a sub-agent's itself
  const alias = findAlias(spool, own) ?? (parent === '' ? undefined : findAlias(spool, parent));
  const session = alias?.session ?? (parent || own);
  const known = findSession(spool, session);

  const cwd = event.cwd || textOf(known?.facts['code.cwd']);
  const repository = cwd === '' ? undefined : readRepository(cwd);
  const policy = context.redact === undefined ? STRICTEST_CLIENT_POLICY : context.policy().policy;
  const capture = captureOf(policy, event, cwd, repository);
  if (capture.level === 'nothing' || (known?.ignored === true && !event.cwd)) {
    spool.inTransaction(() => {
      spool.addTo('ignored', 1);
      saveSession(spool, session, { ...(known ?? newSession(now)), facts: {}, ignored: true }, now);
    });
    return 'ignored';
  }

  const ofSession = parentId === '' ? event : { ...event, sessionId: parentId };
  const facts = alias === undefined ? factsOf(ofSession, cwd, repository, capture, session, context) : {};
  const attributes = context.redact?.(eventAttributes(event, capture)) ?? {};
  const agentId = event.agentId || alias?.agent || '';
  spool.inTransaction(() => {
    const state = findSession(spool, session) ?? newSession(now);
    const said = { event, via, session, agentId, state, attributes, facts, now };
    growTree(new SessionTree(said, spool, key), context.redact !== undefined);
    saveSession(spool, session, state, now);
    if (parent !== '' || (event.action === 'agent.start' && agentId !== '')) {
      const child = parent === '' ? key.idOf(16, 'session', event.tool, agentId) : own;
      if (child !== session) saveAlias(spool, child, session, agentId, now);
    }
    if (now - Number(spool.getText('swept_ms') ?? 0) > SWEEP_EVERY_MS) {
      spool.setText('swept_ms', String(now));
      sweepActions(spool, now);
    }
  });
  return 'recorded';
}

function factsOf(
  event: ToolEvent,
  cwd: string,
  repository: Repository | undefined,
  capture: Capture,
  session: string,
  { redact, version }: RecordContext,
): ClientAttributes {
  const email = sentEmail(event, repository, capture);
  const { [SENT_FINDINGS_KEY]: _found, ...facts } = redact?.(sessionFacts(event, cwd, repository, capture)) ?? {};
  return {
    ...(capture.level === 'minimal' && { 'session.id': session, 'coding_agent.session.id': session }),
    ...facts,
    ...(email !== '' && { 'user.email': email }),
    'service.name': event.tool,
    'coding_agent.client': event.tool,
    'coding_agent.content_capture_mode': capture.level,
    'coding_agent.signal_source': 'hook',
    'telemetry.distro.name': 'spanwarden-agent',
    'telemetry.distro.version': version,
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
