import { STRICTEST_CLIENT_POLICY } from '../../engine/core/client-policy.ts';
import type { Clock } from '../../engine/core/clock.ts';
import { SENT_FINDINGS_KEY } from '../../engine/redaction/sent-findings.ts';
import type { ToolEvent } from '../hooks/tool-event.ts';
import type { MachineKey } from '../machine-key.ts';
import type { PolicyInForce } from '../policy/policy-in-force.ts';
import type { AttributeRedactor } from '../redact-attributes-of.ts';
import { type Repository, readRepository } from '../repository/read-repository.ts';
import type { ClientAttributes, ClientSpan } from '../spool/client-span.ts';
import type { Spool } from '../spool/open-spool.ts';
import {
  type Action,
  findAction,
  findCall,
  finishUnfinished,
  openActions,
  saveAction,
  sweepActions,
} from './action-book.ts';
import { type Capture, captureOf } from './capture.ts';
import { eventAttributes } from './event-attributes.ts';
import { sentEmail, sessionFacts } from './session-facts.ts';
import { findAlias, findSession, newSession, type SessionState, saveAlias, saveSession } from './session-state.ts';

export interface RecordContext {
  readonly spool: Spool;
  readonly key: MachineKey;
  /** Undefined when none could be made: then only minimal metadata is recorded, which holds nothing of the event's texts. */
  readonly redact: AttributeRedactor | undefined;
  readonly policy: () => PolicyInForce;
  readonly clock: Clock;
  readonly version: string;
}

/** The same said again within this time comes from a hook that is registered twice. */
const SAME_SAID_MS = 2_000;
const MOST_SAID = 16;
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
  const parent = event.parentSessionId && event.parentSessionId !== event.sessionId;
  const alias = findAlias(spool, own);
  const session = parent ? key.idOf(16, 'session', event.tool, event.parentSessionId!) : (alias?.session ?? own);
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

  const facts = alias === undefined ? factsOf(event, cwd, repository, capture, session, context) : {};
  const attributes = context.redact?.(eventAttributes(event, capture)) ?? {};
  const agentId = event.agentId || alias?.agent || '';
  spool.inTransaction(() => {
    const state = findSession(spool, session) ?? newSession(now);
    const tree = new SessionTree(event, { via, session, agentId, state, attributes, facts, now }, context);
    tree.grow();
    saveSession(spool, session, state, now);
    if (parent || (event.action === 'agent.start' && agentId !== '')) {
      const child = parent ? own : key.idOf(16, 'session', event.tool, agentId);
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

interface Said {
  readonly via: string;
  readonly session: string;
  readonly agentId: string;
  readonly state: SessionState;
  /** Redacted. */
  readonly attributes: ClientAttributes;
  /** Redacted. */
  readonly facts: ClientAttributes;
  readonly now: number;
}

/** One session's spans: ids follow from what they stand for, so that separate processes build one tree. */
class SessionTree {
  readonly #event: ToolEvent;
  readonly #said: Said;
  readonly #context: RecordContext;

  constructor(event: ToolEvent, said: Said, context: RecordContext) {
    this.#event = event;
    this.#said = said;
    this.#context = context;
  }

  grow(): void {
    const { state, facts, now } = this.#said;
    // what was remembered at a higher level of capture does not outlive a lower one
    const same = state.facts['coding_agent.content_capture_mode'] === facts['coding_agent.content_capture_mode'];
    const degraded = this.#context.redact === undefined && state.rooted;
    if (Object.keys(facts).length > 0 && !degraded) state.facts = same ? { ...state.facts, ...facts } : facts;
    state.ignored = false;
    if (this.#event.action !== 'session.end') state.ended = false;
    const starting = this.#event.action === 'session.start';
    if (!state.rooted)
      this.#emit('coding_agent.session', this.#rootId(), '', now, now, starting ? this.#said.attributes : {});
    else if (starting) this.#notice();
    state.rooted = true;
    this.#byAction();
  }

  #byAction(): void {
    const { action } = this.#event;
    if (action === 'prompt') this.#beginTurn();
    else if (action === 'turn.end') this.#endTurn();
    else if (action === 'call.start') this.#beginCall();
    else if (action === 'call.end' || action === 'call.failed' || action === 'call.denied') this.#endCall();
    else if (action === 'agent.start') this.#agent(this.#said.agentId, true);
    else if (action === 'agent.end') this.#endAgent();
    else if (action === 'notice') this.#notice();
    else if (action === 'session.end') this.#endSession();
  }

  #beginTurn(): void {
    const { state, session, now } = this.#said;
    const { turnId = '', prompt = '' } = this.#event;
    const key = turnId === '' ? `turn ${state.turns}` : this.#id('turn', session, turnId);
    const saidAgain = turnId === '' ? this.#saysAgain(`prompt ${prompt}`) : key === state.turnKey;
    if (saidAgain) return;
    state.turns++;
    state.turnKey = key;
    state.turnSpanId = this.#id('turn', session, key);
    this.#emit('coding_agent.llm.turn', state.turnSpanId, this.#rootId(), now, now, this.#said.attributes);
  }

  #endTurn(): void {
    const { state, session, now, attributes } = this.#said;
    const key = this.#event.turnId ? this.#id('turn', session, this.#event.turnId) : state.turnKey;
    if (state.endedTurn === key) return;
    state.endedTurn = key;
    const id = this.#id('turn end', session, key);
    this.#emit('coding_agent.turn.end', id, this.#turnOrRoot(), now, now, attributes);
    // the agent has stopped: what it was asked to do and did not is not going to end
    for (const action of openActions(this.#context.spool, session)) {
      const own = action.kind === 'call' && !('coding_agent.agent.id' in action.body.attributes);
      if (own) finishUnfinished(this.#context.spool, action, now);
    }
  }

  #mark(): string {
    return `${this.#event.name.toLowerCase()}@${this.#said.via}`;
  }

  #findCall(): { callKey: string; target: string; action: Action | undefined } {
    const { session, now } = this.#said;
    const call = this.#event.call!;
    const callKey = call.id === '' ? '' : this.#id('call', session, call.id);
    const target = this.#id('target', session, this.#said.agentId, call.target);
    return { callKey, target, action: findCall(this.#context.spool, session, callKey, target, this.#mark(), now) };
  }

  #beginCall(): void {
    if (this.#event.call === undefined) return;
    const { callKey, target, action } = this.#findCall();
    if (action === undefined) this.#newCall(callKey, target, false);
    else this.#tellAgain(action, callKey);
  }

  #newCall(callKey: string, target: string, done: boolean): void {
    const { state, session, now, attributes } = this.#said;
    const spanId =
      callKey === '' ? this.#id('call', session, `${state.calls} ${target}`) : this.#id('call', session, callKey);
    state.calls++;
    const startMs = done ? now - this.#duration() : now;
    const body = this.#span('coding_agent.tool.call', spanId, this.#parent(), startMs, now, attributes);
    const action: Action = {
      spanId,
      session,
      kind: 'call',
      callKey,
      target,
      openedMs: startMs,
      doneMs: null,
      seen: [this.#mark()],
      body,
    };
    if (done) this.#finish(action);
    else saveAction(this.#context.spool, action);
  }

  #tellAgain(action: Action, callKey: string): void {
    if (action.callKey === '') action.callKey = callKey;
    if (!action.seen.includes(this.#mark())) action.seen.push(this.#mark());
    if (action.doneMs === null)
      action.body = { ...action.body, attributes: { ...action.body.attributes, ...this.#said.attributes } };
    saveAction(this.#context.spool, action);
  }

  #endCall(): void {
    if (this.#event.call === undefined) return;
    const { callKey, target, action } = this.#findCall();
    if (action === undefined) this.#newCall(callKey, target, true);
    else {
      this.#tellAgain(action, callKey);
      if (action.doneMs === null) this.#finish(action);
    }
  }

  #finish(action: Action): void {
    const { now } = this.#said;
    const failed = this.#event.action === 'call.failed' || this.#event.action === 'call.denied';
    const body = { ...action.body, endMs: Math.max(now, action.body.startMs), failed };
    this.#context.spool.append({ ...body, resource: this.#said.state.facts }, now);
    // what is done is remembered by its keys alone
    saveAction(this.#context.spool, { ...action, doneMs: now, body: { ...body, resource: {}, attributes: {} } });
  }

  /** The sub-agent that it is about; known from now on, also where nobody told of its start. */
  #agent(agentId: string, telling: boolean): Action {
    const { session, state, now, attributes } = this.#said;
    const { spool } = this.#context;
    const spanId = this.#agentSpan(agentId);
    const known = findAction(spool, spanId);
    if (known !== undefined) return known;
    state.agents++;
    const said = telling ? attributes : this.#agentWords();
    const body = this.#span('coding_agent.subagent', spanId, this.#agentParent(), now, now, said);
    const action: Action = {
      spanId,
      session,
      kind: 'agent',
      callKey: '',
      target: this.#id('agent type', session, this.#event.agentType ?? ''),
      openedMs: now,
      doneMs: null,
      seen: [this.#mark()],
      body,
    };
    saveAction(spool, action);
    return action;
  }

  #agentWords(): ClientAttributes {
    const { attributes } = this.#said;
    const words = ['coding_agent.agent.id', 'coding_agent.subagent.type'];
    return Object.fromEntries(words.flatMap((word) => (word in attributes ? [[word, attributes[word]!]] : [])));
  }

  #endAgent(): void {
    const { session, agentId, now, attributes } = this.#said;
    const { spool } = this.#context;
    const type = this.#id('agent type', session, this.#event.agentType ?? '');
    const open = openActions(spool, session).filter((action) => action.kind === 'agent');
    // Cursor does not say which of several ends
    const action =
      agentId === '' ? (open.find(({ target }) => target === type) ?? open[0]) : this.#agent(agentId, true);
    if (action === undefined || action.doneMs !== null) return;
    const startMs = Math.min(action.body.startMs, now - this.#duration());
    action.body = { ...action.body, startMs, attributes: { ...action.body.attributes, ...attributes } };
    this.#finish(action);
  }

  #notice(): void {
    const { state, session, now, attributes } = this.#said;
    if (this.#saysAgain(`${this.#event.name} ${JSON.stringify(attributes)}`)) return;
    const id = this.#id('notice', session, String(state.notices++));
    this.#emit('coding_agent.event', id, this.#parent(), now, now, attributes);
  }

  #endSession(): void {
    const { state, session, now, attributes } = this.#said;
    if (state.ended) return;
    state.ended = true;
    const { spool } = this.#context;
    for (const action of openActions(spool, session)) finishUnfinished(spool, action, now);
    const sums = {
      'spanwarden.client.turns': state.turns,
      'spanwarden.client.calls': state.calls,
      'spanwarden.client.subagents': state.agents,
    };
    const id = this.#id('session end', session, String(state.turns), String(state.calls));
    this.#emit('coding_agent.session.end', id, this.#rootId(), state.startedMs, now, { ...attributes, ...sums });
  }

  /** Whether the same was said just now, by a hook that is registered twice. */
  #saysAgain(what: string): boolean {
    const { state, session, now } = this.#said;
    const hash = this.#id('said', session, what);
    const recent = state.said.filter(({ ms }) => now - ms < SAME_SAID_MS);
    const again = recent.some((said) => said.hash === hash);
    state.said = again ? recent : [...recent, { hash, ms: now }].slice(-MOST_SAID);
    return again;
  }

  #parent(): string {
    const { agentId } = this.#said;
    return agentId === '' ? this.#turnOrRoot() : this.#agent(agentId, false).spanId;
  }

  #agentParent(): string {
    const { session } = this.#said;
    const open = openActions(this.#context.spool, session);
    const callKey = this.#event.parentCallId ? this.#id('call', session, this.#event.parentCallId) : '';
    const named = open.find((action) => callKey !== '' && action.callKey === callKey);
    const started = named ?? open.find((action) => action.body.attributes['spanwarden.client.tool_kind'] === 'agent');
    return started?.spanId ?? this.#turnOrRoot();
  }

  #turnOrRoot(): string {
    return this.#said.state.turnSpanId || this.#rootId();
  }

  #rootId(): string {
    return this.#id('root', this.#said.session);
  }

  #agentSpan(agentId: string): string {
    return this.#id('agent', this.#said.session, agentId);
  }

  #duration(): number {
    return Math.min(Math.max(this.#event.durationMs ?? 0, 0), 86_400_000);
  }

  #id(...parts: readonly string[]): string {
    return this.#context.key.idOf(8, ...parts);
  }

  #emit(
    name: string,
    spanId: string,
    parent: string,
    startMs: number,
    endMs: number,
    attributes: ClientAttributes,
  ): void {
    this.#context.spool.append(this.#span(name, spanId, parent, startMs, endMs, attributes), this.#said.now);
  }

  #span(
    name: string,
    spanId: string,
    parentSpanId: string,
    startMs: number,
    endMs: number,
    attributes: ClientAttributes,
  ): ClientSpan {
    const { session, state } = this.#said;
    const traceId = this.#context.key.idOf(16, 'trace', session);
    return { traceId, spanId, parentSpanId, name, startMs, endMs, failed: false, resource: state.facts, attributes };
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
