import { type AttributeValue, type Context, trace } from '@opentelemetry/api';
import type { ReadableSpan, Span, SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { SpanNode } from '../../engine/core/enrichment/creation-order.ts';
import { type SessionInflow, setLiveProvenance, withoutContent } from '../../engine/core/enrichment/enrich-live.ts';
import { STABLE_HASH_KEY } from '../../engine/core/enrichment/prompt-hash.ts';
import { securityAttributes } from '../../engine/core/security-attributes.ts';
import { createBoundedCache } from '../../engine/redaction/bounded-cache.ts';
import { type LiveSpan, liveSpans, settleLive } from './live-span.ts';
import { NO_CALL, noteModelCall } from './note-model-call.ts';
import { currentScope, nextSequence } from './process-state.ts';
import { quietly } from './quietly.ts';
import { stampSystemPrompt, tagsFor } from './stamp-system-prompt.ts';

const SESSIONS_REMEMBERED = 1024;

/**
 * Gives every span the security context of TraceCtrl's nine steps while it ends: session, ingress, agent, tool, prompt hashes,
 * sequence (of creation), memory operation, input source and where a memory write came from. What is set on a span is kept, by
 * whomever. Register it with any tracer provider of OpenTelemetry's SDK 2; its place among other processors does not matter.
 * Whatever goes wrong in it goes to OpenTelemetry's diag and leaves the span as it is.
 */
export class SpanwardenSpanProcessor implements SpanProcessor {
  readonly #inflows = createBoundedCache<string, SessionInflow>(SESSIONS_REMEMBERED);

  onStart(span: Span, parentContext: Context): void {
    if (liveSpans.has(span)) return;
    const parent = trace.getSpan(parentContext);
    liveSpans.set(span, {
      span: span as unknown as ReadableSpan,
      parent: parent && liveSpans.get(parent),
      scope: currentScope(),
      sequence: nextSequence(),
      node: undefined,
      keys: 0,
      ended: false,
      promptBelow: false,
      inside: undefined,
    });
  }

  onEnding(span: Span): void {
    const live = liveSpans.get(span);
    if (live === undefined || live.ended) return;
    quietly(() => this.#settle(span, live), undefined);
    live.ended = true;
  }

  onEnd(): void {}

  forceFlush(): Promise<void> {
    return Promise.resolve();
  }

  shutdown(): Promise<void> {
    return Promise.resolve();
  }

  #settle(span: Span, live: LiveSpan): void {
    const node = settleLive(live);
    const call = node.span.agent.kind === 'llm' ? noteModelCall(node, live) : NO_CALL;
    const stamped = call.inner ? '' : stampSystemPrompt(node, live);
    setLiveProvenance(node, this.#inflowOf(node.span.security.sessionId), nextSequence());
    writeContext(span, node, live);
    if (stamped !== '') write(span, 'tracectrl.agent.system_prompt', stamped);
    live.node = { ...node, span: withoutContent(node.span) };
    for (const key in call.attributes) write(span, key, call.attributes[key]!);
  }

  #inflowOf(sessionId: string): SessionInflow {
    let inflow = this.#inflows.get(sessionId);
    if (inflow === undefined) {
      inflow = {};
      this.#inflows.set(sessionId, inflow);
    }
    return inflow;
  }
}

function writeContext(span: Span, { span: enriched, callerAgentId }: SpanNode, live: LiveSpan): void {
  const { security, agent } = enriched;
  const attributes = securityAttributes(security);
  for (const key in attributes) {
    // Nobody is told that nothing is known, so that the server may still find it out.
    if (key === 'tracectrl.agent.framework' && attributes[key] === 'unknown') continue;
    write(span, key, key === 'tracectrl.ingress' ? true : attributes[key]!);
  }
  if (callerAgentId !== '') write(span, 'tracectrl.caller.agent_id', callerAgentId);
  if (security.promptHashStable !== '') write(span, STABLE_HASH_KEY, security.promptHashStable);
  const version = tagsFor(security.agentId, live.scope)?.version ?? '';
  if (version !== '' && agent.agentVersion === '') write(span, 'gen_ai.agent.version', version);
}

/** Sets what nobody has set, also on a span that is full: a long history must not cost a span its agent. */
function write(span: Span, key: string, value: AttributeValue): void {
  const { attributes } = span as unknown as ReadableSpan;
  if (attributes[key] !== undefined) return;
  span.setAttribute(key, value);
  if (attributes[key] === undefined) attributes[key] = value;
}
