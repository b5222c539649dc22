import type { AgentSpan } from './agent-span.ts';

export const TOOL_CATEGORIES = [
  'code_execution',
  'email',
  'external_api',
  'file_system',
  'memory_write',
  'memory_read',
  'human_interaction',
  'internal_api',
] as const;
export type ToolCategory = (typeof TOOL_CATEGORIES)[number];

export const TOOL_DIRECTIONS = ['input', 'output', 'internal'] as const;
export type ToolDirection = (typeof TOOL_DIRECTIONS)[number];

export const TRIGGER_TYPES = ['email', 'upload', 'webhook', 'scheduled', 'manual'] as const;
export type TriggerType = (typeof TRIGGER_TYPES)[number];

export const INPUT_SOURCES = ['external', 'memory', 'agent', 'user'] as const;
export type InputSource = (typeof INPUT_SOURCES)[number];

/**
 * The security context of a span: what the nine enrichment steps of TraceCtrl's processor derive, each kept as the sender set
 * it where the sender did, stored in typed columns and as `tracectrl.*` attributes; and what two steps of our own add, stored in
 * columns alone.
 */
export interface SecurityContext {
  sessionId: string;
  /** The span starts a trace or continues one from outside. */
  ingress: boolean;
  /** '' unless `ingress`. */
  triggerType: TriggerType | string;
  agentId: string;
  agentName: string;
  agentFramework: string;
  /** '' when the span is no tool call. */
  toolCategory: ToolCategory | string;
  toolDirection: ToolDirection | string;
  /** First 16 hex digits of the SHA-256 of the system prompt as it is; '' when the span carries none. */
  promptHash: string;
  /** The same over the prompt with its volatile parts (dates, ids, counters) stripped: a date in a prompt is no drift. */
  promptHashStable: string;
  /** Grows in the order in which spans were created. */
  spanSequence: bigint;
  memoryOperation: string;
  memoryStoreId: string;
  inputSource: InputSource | string;
  /** Where the content of a memory write came from; '' when the span writes no memory. */
  writeProvenance: InputSource | string;
  /** What the whole text showed before redaction: see engine/core/enrichment/content-signals.ts. */
  contentSignals: readonly string[];
  /** Tools offered to the model, and a hash of each one's definition, in the same order. */
  offeredToolNames: readonly string[];
  offeredToolHashes: readonly string[];
}

/** A span after enrichment. */
export interface EnrichedSpan extends AgentSpan {
  security: SecurityContext;
}
