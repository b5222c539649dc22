import type { Span } from './span.ts';

/** What a span does in an agent's run. '' when nothing in the span says so (an ordinary HTTP or database span). */
export type AgentSpanKind =
  | 'llm'
  | 'embedding'
  | 'agent'
  | 'chain'
  | 'tool'
  | 'retriever'
  | 'memory'
  | 'guardrail'
  | 'evaluator'
  | '';

/**
 * Who wrote a piece of content. `user` and `system` are trusted in provenance; `tool` (results), `document` (retrieval) and
 * `memory` are not; `assistant` is the model itself.
 */
export type ContentRole = 'system' | 'user' | 'assistant' | 'tool' | 'document' | 'memory';

export interface ContentPart {
  readonly role: ContentRole;
  readonly text: string;
}

/** A tool call that a model asked for. `arguments` is the text of the JSON the model wrote. */
export interface RequestedToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** The text a span carries, unredacted: lives in memory between normalising and redaction, is never stored. */
export interface Content {
  /** The agent's real system prompt; '' when the span carries none. Never a vendor's name. */
  systemPrompt: string;
  /** Messages that went in, oldest first, system messages left out. */
  input: readonly ContentPart[];
  /** Text that came out, oldest first. */
  output: readonly ContentPart[];
  /** Tool calls that the model's answer asks for. */
  toolCalls: readonly RequestedToolCall[];
  /** Arguments and result of the tool call that this span *is* (kind tool, memory); JSON text or plain text. */
  toolArguments: string;
  toolResult: string;
  /** JSON text of the tools offered to the model. */
  toolDefinitions: string;
}

/** Token counts that never overlap: `uncachedInput` + `cacheRead` + `cacheWrite` is everything that went in. */
export interface TokenCounts {
  uncachedInput: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
  /** Part of `output`. */
  reasoning: number;
}

/** What the sender says about an agent's span, whatever dialect it said it in. Text fields are '' when not said. */
export interface AgentFields {
  /** Names of the dialects that were recognised, highest precedence first. */
  dialects: readonly string[];
  kind: AgentSpanKind;
  sessionId: string;
  userId: string;
  agentId: string;
  agentName: string;
  agentVersion: string;
  agentDescription: string;
  /** Only what the sender names; enrichment infers it otherwise. */
  agentFramework: string;
  /** Id of the agent that called this one. */
  callerAgentId: string;
  workflow: string;
  provider: string;
  requestModel: string;
  responseModel: string;
  /** What the provider calls this answer: one model call that several senders report has the same. */
  responseId: string;
  /** The prompt that a turn of a coding tool began with. */
  turnId: string;
  toolName: string;
  toolDescription: string;
  toolCallId: string;
  /** function, extension, datastore, builtin, mcp ... as the sender says. */
  toolType: string;
  mcpServer: string;
  /** call_tool, handoff, final_answer, reflect, stop, or as sent. */
  decision: string;
  decisionTool: string;
  /** undefined when not said. */
  step: number | undefined;
  stepCount: number | undefined;
  tokens: TokenCounts;
  /** undefined when not said. */
  costUsd: number | undefined;
  finishReason: string;
  /** read, write, delete, or '' */
  memoryOperation: string;
  memoryStoreId: string;
  /** allow, deny, accept, reject ... of a permission or guardrail decision. */
  guardrailVerdict: string;
  /** default, plan, acceptEdits, bypassPermissions ... of an AI coding tool. */
  permissionMode: string;
  environment: string;
  content: Content;
}

/** A span after normalising: the OTLP span and what its sender said in whichever dialect. */
export interface AgentSpan extends Span {
  agent: AgentFields;
}
