import type { EnrichedSpan, InputSource } from '../security-context.ts';
import type { SpanNode } from './creation-order.ts';
import { sentWord } from './sent-word.ts';

/** How far into a command a URL is looked for. */
const COMMAND_LENGTH = 20_000;

/**
 * Step 8. Where what a span works on came from: as sent; `external` for tools that bring in what outsiders wrote and for a run
 * that an e-mail set off; `memory` for retrievers and memory reads; `agent` when another agent called; `user` for every other
 * span of an agent; '' for spans of no agent.
 *
 * Unlike the original, a tool that only sends mail is no external input, and a shell command that names a URL is one.
 */
export function setInputSource(nodes: readonly SpanNode[]): void {
  for (const node of nodes) {
    node.span.security.inputSource = sentWord(node.span.attributes, 'tracectrl.input.source') || inferred(node);
  }
}

function inferred(node: SpanNode): InputSource | '' {
  const { agent, security } = node.span;
  if (node.tool?.outside === true || isSentOutside(node.span) || fetchesByCommand(node.span)) return 'external';
  if (security.triggerType === 'email') return 'external';
  if (security.memoryOperation === 'read') return 'memory';
  if (node.callerAgentId !== '') return 'agent';
  return agent.kind !== '' || security.agentId !== '' || security.toolCategory !== '' ? 'user' : '';
}

/** The sender's own category counts as much as ours. */
function isSentOutside({ security }: EnrichedSpan): boolean {
  return (
    security.toolCategory === 'external_api' ||
    (security.toolCategory === 'email' && security.toolDirection !== 'output')
  );
}

function fetchesByCommand({ security, agent }: EnrichedSpan): boolean {
  if (security.toolCategory !== 'code_execution') return false;
  const command = agent.content.toolArguments.slice(0, COMMAND_LENGTH);
  return command.includes('https://') || command.includes('http://');
}
