import type { RuleMetadata } from '../../core/rule.ts';

/** What of a rule its query depends on. */
export interface FormContext {
  readonly id: string;
  readonly entity: RuleMetadata['entity'];
}

/** The column of a span that names the entity. Empty where a span has none; such spans belong to nobody and don't count. */
export const SPAN_ENTITY: Readonly<Record<string, string>> = {
  session: 'SessionId',
  agent: 'AgentId',
  user: 'UserId',
  tool: 'ToolName',
  memory: 'MemoryStoreId',
  org: 'currentDatabase()',
};

/** Spans that evidence names at most. */
export const MOST_EVIDENCE = 20;

/** The window that the engine binds, on the time a span was accepted. */
export const IN_WINDOW = 'IngestedAt >= {from: DateTime64(6)} AND IngestedAt < {to: DateTime64(6)}';
export const BEFORE_END = 'IngestedAt < {to: DateTime64(6)}';

/** Findings and summaries are written a moment after their time: such a stretch is looked at again, which changes nothing. */
export const WRITTEN_WITHIN = 'INTERVAL 10 MINUTE';

/** A condition in brackets of its own, so that no OR in it gets out and a comment at its end stays inside. */
export function bracketed(condition: string | undefined): string {
  return condition === undefined ? '(1)' : `(\n${condition}\n)`;
}

/** `expression AS name` or a column's name, taken apart. */
export function namedExpression(text: string): { expression: string; name: string } {
  const [, expression, name] = /^([\s\S]+)\sAS\s+(\w+)$/i.exec(text) ?? [];
  return { expression: expression ?? text, name: name ?? text };
}

/** A title with {column} filled in, as SQL. Other text is taken as it is. */
export function titleSql(title: string): string {
  const parts = title.split(/\{(\w+)\}/).map((part, index) => (index % 2 === 1 ? `toString(${part})` : quoted(part)));
  return `concat(${parts.join(', ')}, '')`;
}

export function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** Evidence out of an array of (trace id, span id, note). */
export function evidenceSql(tuples: string): string {
  return `CAST(arraySlice(${tuples}, 1, ${MOST_EVIDENCE}), 'Array(Tuple(trace_id String, span_id String, note String))')`;
}

/** The earliest spans of a group as such an array; the same however many more come. */
export function earliestSpans(note: string): string {
  return `arrayMap(item -> (item.2, item.3, ${quoted(note)}), groupArraySorted(${MOST_EVIDENCE})((Timestamp, TraceId, SpanId)))`;
}
