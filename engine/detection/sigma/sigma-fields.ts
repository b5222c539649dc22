/** Sigma's field names that have a column, by lower case. The columns themselves are known too, by their own names. */
const FIELDS: Readonly<Record<string, string>> = {
  'session.id': 'SessionId',
  session_id: 'SessionId',
  'gen_ai.conversation.id': 'SessionId',
  'trace.id': 'TraceId',
  'user.id': 'UserId',
  'user.name': 'UserId',
  user: 'UserId',
  'gen_ai.agent.id': 'AgentId',
  'agent.id': 'AgentId',
  agent: 'AgentId',
  'gen_ai.agent.name': 'AgentName',
  'agent.name': 'AgentName',
  'gen_ai.agent.version': 'AgentVersion',
  'service.name': 'ServiceName',
  'gen_ai.provider.name': 'Provider',
  'gen_ai.system': 'Provider',
  'gen_ai.request.model': 'Model',
  model: 'Model',
  'gen_ai.response.model': 'ResponseModel',
  'gen_ai.tool.name': 'ToolName',
  'tool.name': 'ToolName',
  tool_name: 'ToolName',
  tool: 'ToolName',
  'gen_ai.tool.type': 'ToolType',
  'gen_ai.tool.call.arguments': 'ToolArgumentsPreview',
  'tool.arguments': 'ToolArgumentsPreview',
  tool_args: 'ToolArgumentsPreview',
  'gen_ai.tool.call.result': 'ToolResultPreview',
  'tool.result': 'ToolResultPreview',
  tool_response: 'ToolResultPreview',
  'gen_ai.input.messages': 'PromptPreview',
  prompt: 'PromptPreview',
  user_input: 'PromptPreview',
  'gen_ai.output.messages': 'CompletionPreview',
  completion: 'CompletionPreview',
  agent_output: 'CompletionPreview',
  'gen_ai.usage.input_tokens': 'InputTokens',
  'gen_ai.usage.output_tokens': 'OutputTokens',
  'mcp.server.name': 'McpServer',
  'error.type': "SpanAttributes['error.type']",
};

/** Columns that Sigma rules may name as they are, and whether they hold numbers. */
const COLUMNS: Readonly<Record<string, 'text' | 'number'>> = {
  ...Object.fromEntries(
    `SessionId TraceId SpanId SpanName StatusCode StatusMessage ServiceName UserId AgentId AgentName AgentVersion AgentFramework
     CallerAgentId Kind Provider Model ResponseModel ToolName ToolCategory ToolDirection ToolType McpServer Decision DecisionTool
     PromptHash PromptHashStable TriggerType InputSource MemoryOperation MemoryStoreId WriteProvenance GuardrailVerdict PermissionMode
     Environment FinishReason PromptPreview CompletionPreview ToolArgumentsPreview ToolResultPreview`
      .split(/\s+/)
      .map((name) => [name, 'text'] as const),
  ),
  ...Object.fromEntries(
    `Duration Step StepCount InputTokens CacheReadTokens CacheWriteTokens OutputTokens ReasoningTokens CostUsd PromptLength
     CompletionLength ToolArgumentsLength ToolResultLength`
      .split(/\s+/)
      .map((name) => [name, 'number'] as const),
  ),
};

export interface SigmaField {
  readonly sql: string;
  readonly type: 'text' | 'number';
}

/** The column or attribute of a span that a Sigma field means; undefined when no span has it. */
export function sigmaField(name: string): SigmaField | undefined {
  const column = Object.hasOwn(COLUMNS, name) ? name : FIELDS[name.toLowerCase()];
  if (column !== undefined) return { sql: column, type: COLUMNS[column] ?? 'text' };
  // Anything else with a dot is an attribute by its own key; a bare word of another product's log is not.
  return /^[a-z][\w-]*(\.[\w-]+)+$/i.test(name) ? { sql: `SpanAttributes['${name}']`, type: 'text' } : undefined;
}
