import type { OutlineSpan } from '../../answers.ts';

export type Colour = 'user' | 'untrusted' | 'memory' | 'tool' | 'llm' | 'agent' | 'chain' | 'error';

/** What a span is to the eye: where its content comes from before what it does. */
export function colourOf({ kind, input_source, memory_operation, tool_direction, status }: OutlineSpan): Colour {
  if (status === 'Error') return 'error';
  if (memory_operation !== '' || kind === 'memory') return 'memory';
  if ((kind === 'tool' || kind === 'retriever') && (input_source === 'external' || tool_direction === 'input'))
    return 'untrusted';
  if (kind === 'llm' || kind === 'agent' || kind === 'chain') return kind;
  return 'tool';
}

export function titleOf({ tool, name, kind, model }: OutlineSpan): string {
  if (tool !== '') return tool;
  return kind === 'llm' && model !== '' ? `${name} · ${model}` : name;
}
