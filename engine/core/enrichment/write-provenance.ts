import type { EnrichedSpan, InputSource } from '../security-context.ts';
import type { SpanNode } from './creation-order.ts';
import { sentWord } from './sent-word.ts';

/** When the first content of a source had reached a session; undefined while none had. */
interface Inflow {
  external: bigint | undefined;
  memory: bigint | undefined;
}

/**
 * Step 9. Where the content of a memory write came from: as sent; else the least trusted source that had reached the session
 * when the write started: `external` before `memory` before `agent` before `user`. That an external result was there is enough:
 * whether the written text is really its is left to the rules, which compare content references. Deleting writes nothing.
 *
 * Limit: only the batch is seen. What reached the session in an earlier batch is found by rules, over the stored input sources.
 */
export function setWriteProvenance(nodes: readonly SpanNode[]): void {
  const sessions = inflows(nodes);
  for (const { span } of nodes) {
    const { security } = span;
    const sent = sentWord(span.attributes, 'tracectrl.memory.write_provenance');
    if (sent === '' && security.memoryOperation !== 'write') continue;
    security.writeProvenance =
      sent || provenance(security.inputSource, sessions.get(security.sessionId), span.startTimeUnixNano);
  }
}

function provenance(inputSource: string, inflow: Inflow | undefined, start: bigint): InputSource | string {
  if (inputSource === 'external' || isBefore(inflow?.external, start)) return 'external';
  if (inputSource === 'memory' || isBefore(inflow?.memory, start)) return 'memory';
  return inputSource || 'user';
}

function inflows(nodes: readonly SpanNode[]): Map<string, Inflow> {
  const sessions = new Map<string, Inflow>();
  for (const { span } of nodes) {
    const { inputSource, sessionId, memoryOperation } = span.security;
    if ((inputSource !== 'external' && inputSource !== 'memory') || memoryOperation === 'write') continue;
    const inflow = sessions.get(sessionId) ?? { external: undefined, memory: undefined };
    const since = arrival(span);
    if (!isBefore(inflow[inputSource], since)) inflow[inputSource] = since;
    sessions.set(sessionId, inflow);
  }
  return sessions;
}

/** A call's result is there once the call has ended: parallel calls do not see it. Any other span has its input from the start. */
function arrival({ security, startTimeUnixNano, endTimeUnixNano }: EnrichedSpan): bigint {
  return security.toolCategory !== '' || security.memoryOperation !== '' ? endTimeUnixNano : startTimeUnixNano;
}

function isBefore(since: bigint | undefined, start: bigint): boolean {
  return since !== undefined && since <= start;
}
