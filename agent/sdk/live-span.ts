import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import type { AgentSpan, TokenCounts } from '../../engine/core/agent-span.ts';
import { normalise } from '../../engine/core/dialects/normalise.ts';
import type { SpanNode } from '../../engine/core/enrichment/creation-order.ts';
import { enrichLive } from '../../engine/core/enrichment/enrich-live.ts';
import { type Scope, taggedAgents } from './process-state.ts';
import { readSpan } from './read-span.ts';

/** A span that was started, among its ancestors in the process. */
export interface LiveSpan {
  readonly span: ReadableSpan;
  readonly parent: LiveSpan | undefined;
  /** What was open around the code that started it. */
  readonly scope: Scope;
  readonly sequence: bigint;
  /** What is known of it so far, for its children; final once it has ended. */
  node: SpanNode | undefined;
  /** Attributes that `node` was made of. */
  keys: number;
  ended: boolean;
  /** A model's call below it carried the prompt that the model really got. */
  promptBelow: boolean;
  /** Tokens of spans inside this model's call that report the same call. */
  inside: TokenCounts | undefined;
}

/** Of the whole process, as all of process-state.ts: a span's parent may be another provider's. */
export const liveSpans = new WeakMap<object, LiveSpan>();

/** Ancestors that a span inherits from. Deeper ones count as unknown; bounds the time that one span costs. */
export const MAX_ANCESTORS = 64;
/** Identity is no long text: an ancestor's content is not read again for each of its children. */
const LONGEST_OF_ANCESTOR = 1024;

/** The security context of a span that ends, by what its ancestors are known to be now. */
export function settleLive(live: LiveSpan): SpanNode {
  return enrichLive(describe(live), live.parent && nodeOf(live.parent), live.sequence);
}

/**
 * An open span's context, made anew when it has got new attributes since. Limit: an attribute whose value alone changes is not seen
 * by children until another comes.
 */
function nodeOf(live: LiveSpan): SpanNode | undefined {
  const chain: LiveSpan[] = [];
  for (let at: LiveSpan | undefined = live; at !== undefined && chain.length < MAX_ANCESTORS; at = at.parent)
    chain.push(at);
  let above = chain.at(-1)!.parent?.node;
  for (const one of chain.reverse()) {
    if (!one.ended) {
      const keys = Object.keys(one.span.attributes).length;
      if (one.node === undefined || one.keys !== keys || !passesOnTheSame(one.node.parent, above)) {
        one.node = enrichLive(describe(one, LONGEST_OF_ANCESTOR), above, one.sequence);
        one.keys = keys;
      }
    }
    above = one.node;
  }
  return above;
}

/** Two states of a parent between which its children inherit the same. */
function passesOnTheSame(before: SpanNode | undefined, now: SpanNode | undefined): boolean {
  if (before === now) return true;
  if (before === undefined || now === undefined) return false;
  const [a, b] = [before.span.security, now.span.security];
  return (
    a.sessionId === b.sessionId &&
    a.agentId === b.agentId &&
    a.agentName === b.agentName &&
    a.agentFramework === b.agentFramework &&
    before.callerAgentId === now.callerAgentId
  );
}

/**
 * What the span says of itself, and where it says nothing, what was opened around it more narrowly than around its parent:
 * `withSession` and `withAgent` hold even where the parent was not sampled, or no context manager carries it along.
 */
function describe({ span, parent, scope }: LiveSpan, longest?: number): AgentSpan {
  const described = normalise(readSpan(span, longest));
  let { sessionId, agentId, agentName } = described.agent;
  if (sessionId === '' && scope.sessionId !== parent?.scope.sessionId) sessionId = scope.sessionId;
  if (agentId === '') {
    const tags =
      agentName !== ''
        ? taggedAgents.byName.get(agentName)
        : scope.agent !== parent?.scope.agent
          ? scope.agent
          : undefined;
    agentId = tags?.id ?? '';
    agentName ||= tags?.name ?? '';
  }
  return { ...described, agent: { ...described.agent, sessionId, agentId, agentName } };
}
