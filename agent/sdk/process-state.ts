import { AsyncLocalStorage } from 'node:async_hooks';
import { createBoundedCache } from '../../engine/redaction/bounded-cache.ts';
import type { AgentTags } from './agent-tags.ts';

/*
 * What a process has once, however many tracer providers and processors run in it: a session opened around one provider's span
 * holds for another's child span. OpenTelemetry's context would carry it only where a context manager is registered.
 */

/** What was opened around the code that runs. */
export interface Scope {
  readonly sessionId: string;
  readonly agent: AgentTags | undefined;
  /** Counts the steps of the agent's run. */
  readonly run: RunCounts | undefined;
}

export interface RunCounts {
  /** The highest step that a decision named; decisions that named none count up. */
  step: number;
  modelCalls: number;
}

const NO_SCOPE: Scope = { sessionId: '', agent: undefined, run: undefined };

const scopes = new AsyncLocalStorage<Scope>();

export function currentScope(): Scope {
  return scopes.getStore() ?? NO_SCOPE;
}

/** Runs `work`, and all that it starts, with parts of the scope replaced. */
export function inScope<T>(parts: Partial<Scope>, work: () => T): T {
  return scopes.run({ ...currentScope(), ...parts }, work);
}

const TAGGED_REMEMBERED = 1024;

export const taggedAgents = {
  byAgent: new WeakMap<object, AgentTags>(),
  byId: createBoundedCache<string, AgentTags>(TAGGED_REMEMBERED),
  byName: createBoundedCache<string, AgentTags>(TAGGED_REMEMBERED),
};

const startedAt = BigInt(Date.now()) * 1_000_000n - process.hrtime.bigint();
let lastSequence = 0n;

/** Nanoseconds since 1970 by a clock that never goes back, pushed on by one on a tie: the scale that the server uses too. */
export function nextSequence(): bigint {
  const now = startedAt + process.hrtime.bigint();
  lastSequence = now > lastSequence ? now : lastSequence + 1n;
  return lastSequence;
}
