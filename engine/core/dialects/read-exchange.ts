import type { AgentSpanKind, ContentRole } from '../agent-span.ts';
import type { Span } from '../span.ts';
import { callArguments } from './call-arguments.ts';
import type { ContentDraft } from './content-draft.ts';
import { addText } from './content-draft.ts';
import { resultText, textOf, unquoted } from './plain-text.ts';
import { readDocuments } from './read-documents.ts';
import { readMessages } from './read-messages.ts';

/**
 * Reads the one text that went into a span and the one that came out, for dialects that name them no further
 * (`input.value` / `output.value` and their like): what they are depends on what the span is. `undefined` is not said.
 */
export function readExchange(
  span: Span,
  kind: AgentSpanKind,
  input: unknown,
  output: unknown,
  draft: ContentDraft,
): void {
  switch (kind) {
    case 'tool':
    case 'memory':
      draft.toolArguments ||= unquoted(callArguments(input));
      draft.toolResult ||= resultText(output ?? '');
      return;
    case 'retriever':
      draft.toolArguments ||= unquoted(input);
      if (output !== undefined) readDocuments(output, draft, 'document');
      return;
    case 'embedding':
      // Documents are embedded too: nothing says that this text is the user's.
      addText(draft, 'input', 'document', textOf(input));
      return;
    default:
      readMessages(input, draft, { direction: 'input', roleless: speaker(span, kind, 'user') });
      readMessages(output, draft, { direction: 'output', roleless: speaker(span, kind, 'assistant') });
  }
}

/**
 * Whose text without a role is. On a step inside a chain it may be anything, a tool's result too: it is left out rather than
 * taken for the user's, the calls inside the chain carry it with its role.
 */
function speaker(span: Span, kind: AgentSpanKind, role: ContentRole): ContentRole | undefined {
  return kind === 'llm' || kind === 'agent' || (kind === 'chain' && span.parentSpanId === '') ? role : undefined;
}
