import type { AgentSpanKind, Content } from '../agent-span.ts';
import type { Attributes } from '../attributes.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import type { ContentDraft } from './content-draft.ts';
import { addText, contentDraft, finishContent } from './content-draft.ts';
import { isObject, structured } from './parse-json.ts';
import { resultText, textOf, unquoted } from './plain-text.ts';
import { readBlock } from './read-block.ts';
import { readDocuments } from './read-documents.ts';
import { readExchange } from './read-exchange.ts';
import { readGenAiEvent } from './read-gen-ai-event.ts';
import { readMessages } from './read-messages.ts';

/** Reads the content of a GenAI span: attributes first, then its events, then what agents write beside the convention. */
export function readGenAiContent(span: Span, kind: AgentSpanKind): Partial<Content> {
  const { attributes } = span;
  const draft = contentDraft();
  readAttributes(attributes, kind, draft);
  for (const event of span.events) {
    if (!event.name.startsWith('gen_ai.')) continue;
    if (event.name === 'gen_ai.client.inference.operation.details') readAttributes(event.attributes, kind, draft);
    else readGenAiEvent(event.name, event.attributes, kind, draft);
  }
  readLoggedEvents(attributes, kind, draft);
  readUnstructured(span, kind, draft);
  return finishContent(draft);
}

function readAttributes(attributes: Attributes, kind: AgentSpanKind, draft: ContentDraft): void {
  const instructions = attributes['gen_ai.system_instructions'];
  if (instructions !== undefined && draft.system.length === 0) {
    readBlock(structured(instructions) ?? instructions, draft, 'input', 'system');
  }
  const instructed = draft.system.length;
  if (draft.input.length === 0) {
    readMessages(attributes['gen_ai.input.messages'], draft, { direction: 'input', roleless: 'user' });
    // The messages may open with the same prompt again.
    if (instructed > 0) draft.system.length = instructed;
  }
  if (draft.output.length === 0 && draft.toolCalls.length === 0) {
    readMessages(attributes['gen_ai.output.messages'], draft, { direction: 'output', roleless: 'assistant' });
  }
  draft.toolDefinitions ||= textOf(attributes['gen_ai.tool.definitions']);
  readToolAttributes(attributes, kind, draft);
}

function readToolAttributes(attributes: Attributes, kind: AgentSpanKind, draft: ContentDraft): void {
  // `tool_arguments` and `tool_response` are Logfire's names.
  draft.toolArguments ||= textOf(attributes['gen_ai.tool.call.arguments'] ?? attributes['tool_arguments']);
  const result = attributes['gen_ai.tool.call.result'] ?? attributes['tool_response'];
  if (result !== undefined) draft.toolResult ||= resultText(result);

  const query = firstString(attributes, ['gen_ai.retrieval.query.text', 'gen_ai.memory.query.text']);
  draft.toolArguments ||= query;
  const documents = attributes['gen_ai.retrieval.documents'];
  if (documents !== undefined) readDocuments(documents, draft, 'document');
  const records = attributes['gen_ai.memory.records'];
  if (records === undefined) return;
  // The records of a search were read; those of any other operation are what it writes.
  const searched = firstString(attributes, ['gen_ai.operation.name']) === 'search_memory';
  if (kind === 'memory' && !searched) draft.toolArguments ||= unquoted(records);
  else readDocuments(records, draft, 'memory');
}

/** Pydantic AI's first formats: the events of the older convention, as JSON in an attribute. */
function readLoggedEvents(attributes: Attributes, kind: AgentSpanKind, draft: ContentDraft): void {
  const raw = attributes['events'] ?? attributes['all_messages_events'];
  if (raw === undefined || draft.input.length > 0) return;
  const events = structured(raw);
  if (!Array.isArray(events)) return;
  for (const event of events) {
    if (!isObject(event) || typeof event['event.name'] !== 'string') continue;
    readGenAiEvent(event['event.name'], event, kind, draft);
  }
}

/** Text without structure under older and private names, where nothing better was found. */
function readUnstructured(span: Span, kind: AgentSpanKind, draft: ContentDraft): void {
  const { attributes } = span;
  if (draft.input.length === 0 && draft.output.length === 0) {
    const input = attributes['gen_ai.prompt'] ?? attributes['pydantic_ai.all_messages'];
    const output = attributes['gen_ai.completion'] ?? attributes['final_result'];
    if (input !== undefined || output !== undefined) readExchange(span, kind, input, output, draft);
  }
  if (draft.input.length === 0) addText(draft, 'input', 'user', firstString(attributes, ['gen_ai.prompt.preview']));
  if (draft.output.length === 0) {
    addText(draft, 'output', 'assistant', firstString(attributes, ['gen_ai.completion.preview']));
  }
}
