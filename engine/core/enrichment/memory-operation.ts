import { firstString } from '../attributes.ts';
import type { EnrichedSpan } from '../security-context.ts';
import type { SpanNode } from './creation-order.ts';
import { nameWords } from './name-words.ts';
import { directionOfWords } from './tool-direction-words.ts';

type MemoryOperation = 'read' | 'write' | 'delete' | '';

const DELETES = new Set(['delete', 'remove', 'forget', 'clear', 'erase', 'purge']);
const READS = new Set([
  'read',
  'search',
  'get',
  'list',
  'view',
  'retrieve',
  'query',
  'recall',
  'lookup',
  'find',
  'load',
]);

/** Command of a memory tool that both reads and writes, in the first characters of its arguments. */
const COMMAND = /"(?:command|action|operation)"\s{0,4}:\s{0,4}"([a-z_]{1,32})"/i;
const COMMAND_WITHIN = 400;

/** Step 7. What a span does to memory: as sent, else read for retrievers, else what the tool's or the operation's name says. */
export function setMemoryOperation(nodes: readonly SpanNode[]): void {
  for (const { span } of nodes) {
    span.security.memoryOperation = span.agent.memoryOperation || inferred(span);
    span.security.memoryStoreId = span.agent.memoryStoreId;
  }
}

function inferred(span: EnrichedSpan): MemoryOperation {
  if (span.agent.kind === 'retriever') return 'read';
  if (span.agent.kind === 'memory') {
    return operationOf(nameWords(firstString(span.attributes, ['gen_ai.operation.name']) || span.name));
  }
  if (span.security.toolCategory === 'memory_read') return 'read';
  if (span.security.toolCategory === 'memory_write') return operationOf(callWords(span));
  return '';
}

/** A write unless the words say otherwise: nothing that may change memory is taken for a read. */
function operationOf(words: readonly string[]): MemoryOperation {
  for (const word of words) {
    if (DELETES.has(word)) return 'delete';
    if (READS.has(word)) return 'read';
  }
  return 'write';
}

/**
 * Words of the tool's name. Only a name without a verb (`memory`, `manage_memory`) leaves the choice to the arguments: those are
 * the model's text, and must not turn `save_memory` into a read.
 */
function callWords(span: EnrichedSpan): string[] {
  const words = nameWords(span.agent.toolName);
  if (directionOfWords(words) !== 'internal') return words;
  const command = COMMAND.exec(span.agent.content.toolArguments.slice(0, COMMAND_WITHIN))?.[1];
  return command === undefined ? words : nameWords(command);
}
