/** The coding tools that the client knows. */
export type ToolName = 'claude-code' | 'cursor' | 'codex' | 'gemini-cli' | 'copilot-cli';

/**
 * What an event of a coding tool says that may be recorded, in the same words for all tools. Made by allow-list: a field of the
 * payload that nobody names here (contents that a tool read, output of a terminal, the model's words) does not exist from here on.
 */
export interface ToolEvent {
  readonly tool: ToolName;
  /** As the tool calls it. */
  readonly name: string;
  readonly action: EventAction;
  /** Stays the same from the session's start to its end. */
  readonly sessionId: string;
  /** One exchange with the user; '' where the tool does not say. */
  readonly turnId?: string;
  readonly model?: string;
  readonly cwd?: string;
  /** The developer's address as the tool knows it. */
  readonly userEmail?: string;
  readonly version?: string;
  readonly permissionMode?: string;
  /** The sub-agent that it happened in, or that starts or ends. */
  readonly agentId?: string;
  readonly agentType?: string;
  /** The session that started this one as its sub-agent. */
  readonly parentSessionId?: string;
  /** The call that started the sub-agent. */
  readonly parentCallId?: string;
  readonly prompt?: string;
  readonly call?: ToolCall;
  readonly tokens?: {
    readonly input?: number;
    readonly output?: number;
    readonly cacheRead?: number;
    readonly cacheWrite?: number;
  };
  /** Length of what the model said, in UTF-16 units. */
  readonly responseLength?: number;
  readonly durationMs?: number;
  /** Words and numbers of the tool's own vocabulary: source, reason, trigger, status. Never free text. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
  /** Files that it is about, beyond those of the call. */
  readonly paths?: readonly string[];
}

export type EventAction =
  | 'session.start'
  | 'session.end'
  | 'prompt'
  | 'turn.end'
  | 'call.start'
  | 'call.end'
  | 'call.failed'
  | 'call.denied'
  | 'agent.start'
  | 'agent.end'
  /** Something to tell of by its name and facts. */
  | 'notice'
  /** Only what it says of the session is of use: the model, the folder. */
  | 'remember';

export type CallKind = 'shell' | 'edit' | 'read' | 'mcp' | 'agent' | 'other';

export interface ToolCall {
  /** '' where the tool does not say. */
  readonly id: string;
  readonly name: string;
  readonly kind: CallKind;
  /** MCP server; '' for other tools. */
  readonly server: string;
  /** Parameters, without what is written into files. */
  readonly input: unknown;
  /** What is written into files: analysed, never stored. */
  readonly diff?: unknown;
  readonly paths: readonly string[];
  /** What makes it the same call in the eyes of two hook systems: the command, the path, the MCP tool with its input. */
  readonly target: string;
  /** Characters of what came back; what it was is not recorded. */
  readonly resultLength?: number;
  /** Why it failed, in the tool's vocabulary. */
  readonly failure?: string;
}
