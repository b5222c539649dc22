import type { TranscriptSpan } from '../../../engine/core/summary-source.ts';

const EMPTY: TranscriptSpan = {
  TraceId: 'a'.repeat(32),
  SpanId: '0'.repeat(16),
  ParentSpanId: '',
  Timestamp: '2026-11-21 10:00:00.000000000',
  SpanName: 'step',
  ServiceName: 'shop',
  Kind: '',
  AgentName: 'helper',
  AgentId: 'helper',
  CallerAgentId: '',
  Model: '',
  ToolName: '',
  ToolCategory: '',
  ToolDirection: '',
  McpServer: '',
  Decision: '',
  GuardrailVerdict: '',
  StatusCode: 'Unset',
  StatusMessage: '',
  InputSource: '',
  WriteProvenance: '',
  PromptPreview: '',
  CompletionPreview: '',
  ToolArgumentsPreview: '',
  ToolResultPreview: '',
};

/** A span with an id of its own. */
export function span(id: number, fields: Partial<TranscriptSpan> = {}): TranscriptSpan {
  return { ...EMPTY, SpanId: id.toString(16).padStart(16, '0'), ...fields };
}

export const asked = (id: number, PromptPreview: string, CompletionPreview = '') =>
  span(id, { Kind: 'llm', PromptPreview, CompletionPreview });

export const called = (id: number, ToolName: string, args: unknown, ToolResultPreview = '', more = {}) =>
  span(id, { Kind: 'tool', ToolName, ToolArgumentsPreview: JSON.stringify(args), ToolResultPreview, ...more });
