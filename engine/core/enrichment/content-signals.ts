import type { EnrichedSpan } from '../security-context.ts';
import type { SpanNode } from './creation-order.ts';
import { builtImage } from './signals/built-image.ts';
import { decodesAndRuns } from './signals/encoded-command.ts';
import { hidesText } from './signals/hidden-text.ts';
import { instructsReader } from './signals/instructions.ts';

/** Texts of a span that are read, and characters of each: what is beyond says what came before, or is bulk. */
const MAX_TEXTS = 16;
const READ_LENGTH = 32_768;

/**
 * Step 10, ours. What rules need to know of content and can't see later, for previews are clipped and redacted:
 *
 * - `instructions`: a tool result or document speaks to the model that reads it
 * - `hidden_text`: a tool result, document or tool definition holds characters that people do not see
 * - `remote_image`: an answer shows an image whose address was put together with a payload
 * - `encoded_command`: a command decodes something and runs it
 *
 * A signal is a hint for rules, which weigh it against the session; none says that something is an attack.
 */
export function setContentSignals(nodes: readonly SpanNode[]): void {
  for (const { span } of nodes) span.security.contentSignals = signalsOf(span);
}

function signalsOf(span: EnrichedSpan): string[] {
  const { content } = span.agent;
  const signals: string[] = [];
  const broughtIn = texts(untrusted(span));
  if (broughtIn.some(instructsReader)) signals.push('instructions');
  if (broughtIn.some(hidesText) || hidesText(content.toolDefinitions)) signals.push('hidden_text');
  if (texts(content.output.map(({ text }) => text)).some((text) => builtImage(text, content))) {
    signals.push('remote_image');
  }
  if (span.security.toolCategory === 'code_execution' && texts([content.toolArguments]).some(decodesAndRuns)) {
    signals.push('encoded_command');
  }
  return signals;
}

/**
 * What came from tools, documents and memory: of a call its result; of a model's call only what came after its last answer,
 * for the rest of the history was read when it was new.
 */
function untrusted({ agent: { content, kind } }: EnrichedSpan): string[] {
  if (content.toolResult !== '') return [content.toolResult];
  if (kind === 'agent' || kind === 'chain') return [];
  const last = content.input.findLastIndex(({ role }) => role === 'assistant');
  return content.input
    .slice(last + 1)
    .filter(({ role }) => role === 'tool' || role === 'document' || role === 'memory')
    .map(({ text }) => text);
}

function texts(all: readonly string[]): string[] {
  return all.slice(-MAX_TEXTS).map((text) => text.slice(0, READ_LENGTH));
}
