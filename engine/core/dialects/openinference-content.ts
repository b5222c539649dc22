import type { AgentSpanKind, Content } from '../agent-span.ts';
import type { Attributes } from '../attributes.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import type { ContentDraft } from './content-draft.ts';
import { addText, contentDraft, finishContent } from './content-draft.ts';
import { isObject, structured } from './parse-json.ts';
import { textOf } from './plain-text.ts';
import { readBlock } from './read-block.ts';
import { readDocuments } from './read-documents.ts';
import { readExchange } from './read-exchange.ts';
import { readMessages } from './read-messages.ts';
import { unflatten } from './unflatten.ts';
import { isPromptText } from './vendor-name.ts';

const LISTS = [
  'llm.input_messages',
  'llm.output_messages',
  'llm.prompts',
  'llm.choices',
  'llm.tools',
  'retrieval.documents',
  'reranker.output_documents',
  'embedding.embeddings',
];

/** Reads the content of an OpenInference span: the flattened lists first, `input.value` and `output.value` for what they lack. */
export function readOpenInferenceContent(span: Span, kind: AgentSpanKind): Partial<Content> {
  const { attributes } = span;
  const draft = contentDraft();
  const lists = unflatten(attributes, LISTS);
  readMessages(lists.get('llm.input_messages'), draft, { direction: 'input', roleless: 'user' });
  readMessages(lists.get('llm.output_messages'), draft, { direction: 'output', roleless: 'assistant' });
  readNested(lists.get('llm.prompts'), 'prompt', (text) => addText(draft, 'input', 'user', text));
  readNested(lists.get('llm.choices'), 'completion', (text) => addText(draft, 'output', 'assistant', text));
  readNested(lists.get('embedding.embeddings'), 'embedding', (text) => addText(draft, 'input', 'document', text));
  for (const key of ['retrieval.documents', 'reranker.output_documents']) {
    const documents = lists.get(key) ?? attributes[key];
    if (documents !== undefined) readDocuments(documents, draft, 'document');
  }
  draft.toolDefinitions = toolDefinitions(lists.get('llm.tools'));
  draft.toolArguments = toolArguments(attributes);
  readValues(span, kind, draft);
  readSystemPrompt(attributes, kind, draft);
  return finishContent(draft);
}

function readNested(list: unknown[] | undefined, key: string, add: (text: string) => void): void {
  for (const item of list ?? []) {
    const nested = isObject(item) ? item[key] : undefined;
    if (isObject(nested)) add(textOf(nested['text'] ?? nested[`${key}.text`]));
  }
}

/** `tool.parameters` is a tool's schema by the convention, yet the arguments of the call for many a sender. */
function toolArguments(attributes: Attributes): string {
  const called = firstString(attributes, ['tool_call.function.arguments']);
  if (called !== '') return called;
  const parameters = attributes['tool.parameters'];
  const parsed = structured(parameters);
  const isSchema = isObject(parsed) && parsed['type'] === 'object' && isObject(parsed['properties']);
  return isSchema ? '' : textOf(parameters);
}

function readValues(span: Span, kind: AgentSpanKind, draft: ContentDraft): void {
  const { attributes } = span;
  const input = draft.input.length > 0 ? undefined : attributes['input.value'];
  const answered = draft.output.length > 0 || draft.toolCalls.length > 0;
  const documents = kind === 'retriever' && draft.input.length > 0;
  const output = answered || documents ? undefined : attributes['output.value'];
  readExchange(span, kind, kind === 'retriever' ? attributes['input.value'] : input, output, draft);
}

/**
 * The system prompt where no message holds it: in `llm.system` for senders that write it there against the convention, else in
 * the request, where Anthropic and OpenAI's responses keep it outside the messages.
 */
function readSystemPrompt(attributes: Attributes, kind: AgentSpanKind, draft: ContentDraft): void {
  if (draft.system.length > 0) return;
  const system = firstString(attributes, ['llm.system']);
  if (isPromptText(system)) {
    draft.system.push(system);
    return;
  }
  if (kind !== 'llm') return;
  for (const key of ['llm.invocation_parameters', 'input.value']) {
    const request = structured(attributes[key]);
    if (!isObject(request)) continue;
    const found = contentDraft();
    const named = request['system'] ?? request['instructions'];
    if (named !== undefined) readBlock(named, found, 'input', 'system');
    else readMessages(request['messages'], found, { direction: 'input', roleless: undefined });
    if (found.system.length > 0) {
      draft.system.push(...found.system);
      return;
    }
  }
}

/** Each tool's schema is JSON already. */
function toolDefinitions(tools: unknown[] | undefined): string {
  if (tools === undefined) return '';
  const schemas = tools.map((item) => {
    const tool = isObject(item) && isObject(item['tool']) ? item['tool'] : item;
    return textOf(isObject(tool) ? tool['json_schema'] : tool);
  });
  return `[${schemas.join(',')}]`;
}
