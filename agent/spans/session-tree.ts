import type { ToolEvent } from '../hooks/tool-event.ts';
import type { MachineKey } from '../machine-key.ts';
import type { ClientAttributes, ClientSpan } from '../spool/client-span.ts';
import type { Spool } from '../spool/open-spool.ts';
import { type Action, saveAction } from './action-book.ts';
import type { SessionState } from './session-state.ts';

/** What one event says, and of what. */
export interface Said {
  readonly event: ToolEvent;
  /** The hook system that brought it. */
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

/** The same said again within this time comes from a hook that is registered twice. */
const SAME_SAID_MS = 2_000;
const MOST_SAID = 16;
const MOST_DURATION_MS = 86_400_000;

/** One session's spans: ids follow from what they stand for, so that separate processes build one tree. */
export class SessionTree {
  readonly said: Said;
  readonly spool: Spool;
  readonly #key: MachineKey;

  constructor(said: Said, spool: Spool, key: MachineKey) {
    this.said = said;
    this.spool = spool;
    this.#key = key;
  }

  id(...parts: readonly string[]): string {
    return this.#key.idOf(8, ...parts);
  }

  rootId(): string {
    return this.id('root', this.said.session);
  }

  turnOrRoot(): string {
    return this.said.state.turnSpanId || this.rootId();
  }

  /** Which event of which hook system this is. */
  mark(): string {
    return `${this.said.event.name.toLowerCase()}@${this.said.via}`;
  }

  /** How long what ends here took, by its own word; milliseconds. */
  duration(): number {
    return Math.min(Math.max(this.said.event.durationMs ?? 0, 0), MOST_DURATION_MS);
  }

  /** Whether the same was said just now, by a hook that is registered twice. */
  saysAgain(what: string): boolean {
    const { state, session, now } = this.said;
    const hash = this.id('said', session, what);
    const recent = state.said.filter(({ ms }) => now - ms < SAME_SAID_MS);
    const again = recent.some((said) => said.hash === hash);
    state.said = again ? recent : [...recent, { hash, ms: now }].slice(-MOST_SAID);
    return again;
  }

  /** A span of this moment, with what the event says of it. */
  span(name: string, spanId: string, parentSpanId: string, more: Partial<ClientSpan> = {}): ClientSpan {
    const { session, state, now, attributes } = this.said;
    const traceId = this.#key.idOf(16, 'trace', session);
    const moment = { startMs: now, endMs: now, failed: false, resource: state.facts, attributes };
    return { traceId, spanId, parentSpanId, name, ...moment, ...more };
  }

  emit(span: ClientSpan): void {
    this.spool.append(span, this.said.now);
  }

  /** Ends a call or a sub-agent now. */
  finish(action: Action): void {
    const { event, state, now } = this.said;
    const failed = event.action === 'call.failed' || event.action === 'call.denied';
    const body = { ...action.body, endMs: Math.max(now, action.body.startMs), failed };
    this.emit({ ...body, resource: state.facts });
    // what is done is remembered by its keys alone
    saveAction(this.spool, { ...action, doneMs: now, body: { ...body, resource: {}, attributes: {} } });
  }
}
