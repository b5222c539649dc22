import { firstString } from '../attributes.ts';
import type { EnrichedSpan } from '../security-context.ts';
import type { SpanNode } from './creation-order.ts';

const SESSION_KEYS = ['tracectrl.session_id'] as const;

/**
 * Step 1. A span's session is the one it names, else its nearest ancestor's, else the one that all spans of its trace in this
 * batch agree on, else the trace id, so that agent spans are never without one.
 *
 * Limit: a trace whose spans come in several batches, only some of them naming a session, keeps the trace id where nothing in
 * the batch told. `SessionId = TraceId` marks exactly those rows, so a query over whole traces can heal them.
 */
export function setSessionId(nodes: readonly SpanNode[]): void {
  const agreed = new Map<string, string>();
  for (const { span, parent } of nodes) {
    const sessionId = named(span) || parent?.span.security.sessionId || '';
    span.security.sessionId = sessionId;
    if (sessionId === '') continue;
    const other = agreed.get(span.traceId);
    // A trace with two sessions in it has none that holds for all.
    agreed.set(span.traceId, other === undefined || other === sessionId ? sessionId : span.traceId);
  }
  for (const { span } of nodes) {
    if (span.security.sessionId === '') span.security.sessionId = agreed.get(span.traceId) ?? span.traceId;
  }
}

function named(span: EnrichedSpan): string {
  return firstString(span.attributes, SESSION_KEYS) || span.agent.sessionId;
}
