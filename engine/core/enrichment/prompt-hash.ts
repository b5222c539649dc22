import { hash } from 'node:crypto';
import type { AgentSpanKind } from '../agent-span.ts';
import { boundedMemo } from './bounded-memo.ts';
import type { SpanNode } from './creation-order.ts';
import { sentWord } from './sent-word.ts';
import { stripVolatile } from './strip-volatile.ts';

/** Kinds whose system prompt is their own. A tool span that quotes one does not run under it. */
const PROMPTED: ReadonlySet<AgentSpanKind> = new Set(['llm', 'agent', 'chain']);

/** Under which a sender passes on the hash without volatile parts. TraceCtrl has no name for it. */
export const STABLE_HASH_KEY = 'spanwarden.system_prompt_hash_stable';

/** Stripping costs far more than hashing, and an agent's spans repeat its prompt. Keyed by digest: no prompt is kept. */
const stableHashes = boundedMemo<string>(4096);

/**
 * Step 5. SHA-256 of the system prompt cut to 16 hex digits: as it is, and with its volatile parts stripped. Only a span that
 * carries the prompt has them; hashes that were sent are kept, for a prompt that was redacted on the way hashes to something else.
 */
export function setPromptHash(nodes: readonly SpanNode[]): void {
  for (const { span } of nodes) {
    const { security, attributes } = span;
    security.promptHash =
      sentWord(attributes, 'tracectrl.system_prompt_hash') ||
      sentWord(attributes, 'tracectrl.agent.system_prompt_hash');
    security.promptHashStable = sentWord(attributes, STABLE_HASH_KEY);
    const prompt = span.agent.content.systemPrompt;
    if (prompt === '' || !PROMPTED.has(span.agent.kind)) continue;
    const digest = hash('sha256', prompt);
    security.promptHash ||= cut(digest);
    security.promptHashStable ||= stableHashes(digest, () => cut(hash('sha256', stripVolatile(prompt))));
  }
}

function cut(digest: string): string {
  return digest.slice(0, 16);
}
