import type { ContentRole } from '../agent-span.ts';
import type { ContentDraft } from './content-draft.ts';
import { addText } from './content-draft.ts';
import { isObject, structured } from './parse-json.ts';
import { resultText, textOf } from './plain-text.ts';

/**
 * Reads what a retrieval or a memory search brought in: a list (or the JSON of one, or of `{documents: [...]}`) of texts or of
 * records that keep their text under one of the usual names. It came from outside, so it is input under a role of its own.
 */
export function readDocuments(value: unknown, draft: ContentDraft, role: ContentRole): void {
  const parsed = structured(value);
  const list = isObject(parsed) ? (parsed['documents'] ?? parsed['results'] ?? parsed) : parsed;
  if (!Array.isArray(list)) {
    addText(draft, 'input', role, resultText(value));
    return;
  }
  for (const item of list) {
    const record = isObject(item) && isObject(item['document']) ? item['document'] : item;
    if (!isObject(record)) addText(draft, 'input', role, textOf(record));
    else {
      const text = record['content'] ?? record['page_content'] ?? record['pageContent'] ?? record['text'] ?? record;
      addText(draft, 'input', role, resultText(text));
    }
  }
}
