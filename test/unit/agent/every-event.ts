import type { ToolName } from '../../../agent/hooks/tool-event.ts';

/** What a field of an event is to be: the payload of every event that a tool has, with each of its fields filled by `fill`. */
export type Fill = (field: string) => string;

export interface NativeEvent {
  readonly name: string;
  readonly payload: Record<string, unknown>;
}

/** Every field that is documented of every event of a tool. Fields whose words decide what happens keep a word that is right. */
export function everyEvent(tool: ToolName, fill: Fill): NativeEvent[] {
  const events = EVENTS[tool](fill);
  return Object.entries(events).map(([name, said]) => ({ name, payload: said }));
}

type Said = Record<string, unknown>;

const EVENTS: Readonly<Record<ToolName, (fill: Fill) => Record<string, Said>>> = {
  'claude-code': claudeCode,
  cursor,
  codex,
  'gemini-cli': geminiCli,
  'copilot-cli': copilotCli,
};

function claudeCode(fill: Fill): Record<string, Said> {
  const common = (name: string): Said => ({
    session_id: fill('session_id'),
    prompt_id: fill('prompt_id'),
    transcript_path: fill('transcript_path'),
    cwd: '/home/dev/shop',
    permission_mode: fill('permission_mode'),
    effort: { level: fill('effort') },
    hook_event_name: name,
    agent_id: fill('agent_id'),
    agent_type: fill('agent_type'),
    scratchpad_dir: fill('scratchpad_dir'),
  });
  const bash = { command: fill('command'), description: fill('description'), timeout: 1000, run_in_background: false };
  const call = (n: number, tool_name: string, tool_input: Said, more: Said = {}): Said => ({
    tool_name,
    tool_input,
    tool_use_id: `${fill('tool_use_id')} ${n}`,
    ...more,
  });
  const ofMain = { agent_id: undefined, agent_type: undefined };
  const models = {
    from_model: fill('from_model'),
    to_model: fill('to_model'),
    requested_model: fill('requested_model'),
    pricing: fill('pricing'),
  };
  const said: Record<string, Said> = {
    SessionStart: { source: fill('source'), model: fill('model'), session_title: fill('session_title') },
    Setup: { trigger: fill('trigger') },
    InstructionsLoaded: {
      file_path: fill('instruction_path'),
      memory_type: fill('memory_type'),
      load_reason: fill('load_reason'),
      globs: [fill('glob')],
      trigger_file_path: fill('trigger_file_path'),
      parent_file_path: fill('parent_file_path'),
    },
    UserPromptSubmit: { ...ofMain, prompt: fill('prompt'), source: 'user' },
    TaskNotification: {
      ...ofMain,
      hook_event_name: 'UserPromptSubmit',
      prompt_id: `${fill('prompt_id')} 3`,
      prompt: `<task-notification><result>${fill('task_result')}</result></task-notification>`,
    },
    UserPromptExpansion: {
      expansion_type: fill('expansion_type'),
      command_name: fill('command_name'),
      command_args: fill('command_args'),
      command_source: fill('command_source'),
      prompt: fill('expanded_prompt'),
    },
    MessageDisplay: {
      turn_id: fill('turn_id'),
      message_id: fill('message_id'),
      index: 0,
      final: false,
      delta: fill('delta'),
    },
    PreToolUse: call(1, 'Bash', bash),
    PermissionRequest: {
      tool_name: fill('asked_tool'),
      tool_input: { command: fill('asked_command') },
      permission_suggestions: [fill('suggestion')],
    },
    PostToolUse: call(1, 'Bash', bash, {
      tool_response: { stdout: fill('stdout'), stderr: fill('stderr'), interrupted: false, isImage: false },
      duration_ms: 12,
    }),
    PostToolUseFailure: call(
      2,
      'Read',
      { file_path: fill('read_path'), offset: 1, limit: 2 },
      { error: fill('error_text'), is_interrupt: false },
    ),
    PostToolBatch: {
      tool_calls: [
        { tool_name: 'Bash', tool_input: { command: fill('batch_command') }, tool_response: fill('batch_response') },
      ],
    },
    PermissionDenied: call(
      3,
      'mcp__crm__lookup',
      { customer: fill('mcp_argument') },
      { reason: fill('denial_reason'), mcp_server: { name: fill('mcp_server'), source: fill('mcp_source') } },
    ),
    Notification: {
      message: fill('notification'),
      title: fill('notification_title'),
      notification_type: fill('notification_type'),
    },
    SubagentStart: {},
    SubagentStop: {
      stop_hook_active: false,
      agent_transcript_path: fill('agent_transcript_path'),
      last_assistant_message: fill('agent_message'),
      background_tasks: [fill('background_task')],
      session_crons: [fill('cron')],
    },
    TaskCreated: {
      task_id: fill('task_id'),
      task_subject: fill('task_subject'),
      task_description: fill('task_description'),
      teammate_name: fill('teammate'),
      team_name: fill('team'),
    },
    TaskCompleted: { task_id: fill('task_id'), task_subject: fill('task_subject') },
    Stop: {
      ...ofMain,
      stop_hook_active: false,
      last_assistant_message: fill('assistant_message'),
      background_tasks: [],
      session_crons: [],
    },
    StopFailure: {
      ...ofMain,
      prompt_id: `${fill('prompt_id')} 2`,
      error: fill('stop_error'),
      error_details: fill('error_details'),
      last_assistant_message: fill('assistant_message'),
    },
    TeammateIdle: { teammate_name: fill('teammate'), team_name: fill('team') },
    ConfigChange: { source: fill('config_source'), file_path: fill('config_path') },
    CwdChanged: { old_cwd: fill('old_cwd'), new_cwd: fill('new_cwd') },
    DirectoryAdded: { directory: fill('directory'), source: fill('directory_source') },
    FileChanged: { file_path: fill('changed_path'), event: fill('change') },
    WorktreeCreate: { name: fill('worktree') },
    WorktreeRemove: { worktree_path: fill('worktree_path') },
    PreCompact: { trigger: fill('compact_trigger'), custom_instructions: fill('custom_instructions') },
    PostCompact: { trigger: fill('compact_trigger'), compact_summary: fill('compact_summary') },
    PreModelSwitch: { ...models, source: fill('switch_asked') },
    PostModelSwitch: { ...models, source: fill('switch_source') },
    Elicitation: {
      mcp_server_name: fill('mcp_server'),
      message: fill('elicitation'),
      mode: fill('elicitation_mode'),
      requested_schema: { title: fill('schema') },
      url: fill('elicitation_url'),
    },
    ElicitationResult: {
      mcp_server_name: fill('mcp_server'),
      action: fill('elicitation_action'),
      content: { answer: fill('elicitation_answer') },
      mode: fill('elicitation_mode'),
      elicitation_id: fill('elicitation_id'),
    },
    Read: {
      hook_event_name: 'PostToolUse',
      ...call(
        4,
        'Read',
        { file_path: fill('read_path') },
        { tool_response: { file: { content: fill('read_content') } } },
      ),
    },
    Edit: {
      hook_event_name: 'PostToolUse',
      ...call(
        5,
        'Edit',
        {
          file_path: fill('edit_path'),
          old_string: fill('old_string'),
          new_string: fill('new_string'),
          replace_all: false,
        },
        { tool_response: { originalFile: fill('original_file') } },
      ),
    },
    WebFetch: {
      hook_event_name: 'PostToolUse',
      ...call(6, 'WebFetch', { url: fill('url'), prompt: fill('fetch_prompt') }, { tool_response: fill('page') }),
    },
    Agent: {
      hook_event_name: 'PostToolUse',
      ...call(
        7,
        'Agent',
        { prompt: fill('agent_prompt'), description: fill('agent_description'), subagent_type: fill('subagent_type') },
        { tool_response: { content: [fill('agent_answer')], resolvedModel: fill('resolved_model') } },
      ),
    },
    SessionEnd: { reason: fill('reason') },
  };
  return Object.fromEntries(Object.entries(said).map(([name, more]) => [name, { ...common(name), ...more }]));
}

function cursor(fill: Fill): Record<string, Said> {
  const common = (name: string): Said => ({
    conversation_id: fill('conversation_id'),
    generation_id: fill('generation_id'),
    model: fill('model'),
    model_id: fill('model_id'),
    model_params: [{ id: fill('param_id'), value: fill('param_value') }],
    hook_event_name: name,
    cursor_version: fill('cursor_version'),
    workspace_roots: ['/home/dev/shop'],
    user_email: fill('user_email'),
    transcript_path: fill('transcript_path'),
  });
  const said: Record<string, Said> = {
    sessionStart: { session_id: fill('session_id'), is_background_agent: false, composer_mode: fill('composer_mode') },
    beforeSubmitPrompt: { prompt: fill('prompt'), attachments: [{ type: 'file', file_path: fill('attachment') }] },
    preToolUse: {
      tool_name: 'Grep',
      tool_input: { pattern: fill('pattern') },
      tool_use_id: fill('tool_use_id'),
      cwd: '/home/dev/shop',
      agent_message: fill('agent_message'),
    },
    postToolUse: {
      tool_name: 'Grep',
      tool_input: { pattern: fill('pattern') },
      tool_use_id: fill('tool_use_id'),
      tool_output: fill('tool_output'),
      duration: 3,
    },
    postToolUseFailure: {
      tool_name: 'WebSearch',
      tool_input: { query: fill('query') },
      tool_use_id: `${fill('tool_use_id')} 2`,
      error_message: fill('error_message'),
      failure_type: fill('failure_type'),
      duration: 3,
      is_interrupt: false,
    },
    beforeShellExecution: { command: fill('command'), cwd: '/home/dev/shop', sandbox: false },
    afterShellExecution: { command: fill('command'), output: fill('output'), duration: 5 },
    beforeMCPExecution: {
      tool_name: 'lookup',
      tool_input: JSON.stringify({ customer: fill('mcp_argument') }),
      mcp_server_name: fill('mcp_server'),
      url: fill('mcp_url'),
    },
    afterMCPExecution: {
      tool_name: 'lookup',
      tool_input: JSON.stringify({ customer: fill('mcp_argument') }),
      mcp_server_name: fill('mcp_server'),
      result_json: fill('mcp_result'),
      duration: 4,
    },
    beforeReadFile: {
      file_path: fill('read_path'),
      content: fill('read_content'),
      attachments: [{ type: 'rule', file_path: fill('rule') }],
    },
    afterFileEdit: {
      file_path: fill('edit_path'),
      edits: [{ old_string: fill('old_string'), new_string: fill('new_string') }],
    },
    beforeTabFileRead: { file_path: fill('tab_path'), content: fill('tab_content') },
    afterTabFileEdit: {
      file_path: fill('tab_edit_path'),
      edits: [
        {
          old_string: fill('tab_old'),
          new_string: fill('tab_new'),
          range: { start_line_number: 1 },
          old_line: fill('old_line'),
          new_line: fill('new_line'),
        },
      ],
    },
    subagentStart: {
      subagent_id: fill('subagent_id'),
      subagent_type: fill('subagent_type'),
      task: fill('task'),
      parent_conversation_id: fill('conversation_id'),
      tool_call_id: fill('tool_call_id'),
      subagent_model: fill('subagent_model'),
      is_parallel_worker: true,
      git_branch: fill('git_branch'),
    },
    subagentStop: {
      subagent_type: fill('subagent_type'),
      status: fill('status'),
      summary: fill('summary'),
      duration_ms: 5,
      modified_files: [fill('modified_file')],
      loop_count: 1,
      agent_transcript_path: fill('agent_transcript_path'),
    },
    afterAgentResponse: { text: fill('response') },
    afterAgentThought: { text: fill('thought'), duration_ms: 5 },
    stop: { status: fill('stop_status'), loop_count: 0, input_tokens: 100, output_tokens: 20 },
    preCompact: {
      trigger: fill('trigger'),
      context_usage_percent: 80,
      context_tokens: 1000,
      context_window_size: 2000,
      message_count: 3,
      messages_to_compact: 2,
      is_first_compaction: true,
    },
    workspaceOpen: {},
    sessionEnd: {
      session_id: fill('session_id'),
      reason: fill('reason'),
      duration_ms: 5,
      is_background_agent: false,
      final_status: fill('final_status'),
      error_message: fill('error_message'),
    },
  };
  return Object.fromEntries(Object.entries(said).map(([name, more]) => [name, { ...common(name), ...more }]));
}

function codex(fill: Fill): Record<string, Said> {
  const common = (name: string): Said => ({
    session_id: fill('session_id'),
    turn_id: fill('turn_id'),
    transcript_path: fill('transcript_path'),
    cwd: '/home/dev/shop',
    hook_event_name: name,
    model: fill('model'),
    permission_mode: fill('permission_mode'),
  });
  const shell = { tool_name: 'Bash', tool_input: { command: fill('command') }, tool_use_id: fill('tool_use_id') };
  const patch = `*** Begin Patch\n*** Update File: src/shop.ts\n-${fill('old_string')}\n+${fill('new_string')}\n*** End Patch`;
  const said: Record<string, Said> = {
    SessionStart: { source: fill('source') },
    UserPromptSubmit: { prompt: fill('prompt') },
    PreToolUse: shell,
    PermissionRequest: { ...shell, tool_name: fill('asked_tool') },
    PostToolUse: { ...shell, tool_response: fill('output') },
    Patch: {
      hook_event_name: 'PostToolUse',
      tool_name: 'apply_patch',
      tool_input: { input: patch },
      tool_use_id: `${fill('tool_use_id')} 2`,
      tool_response: fill('patch_output'),
    },
    SubagentStart: { agent_id: fill('agent_id'), agent_type: fill('agent_type') },
    SubagentStop: {
      agent_id: fill('agent_id'),
      agent_type: fill('agent_type'),
      last_assistant_message: fill('agent_message'),
    },
    PreCompact: { trigger: fill('trigger') },
    PostCompact: { trigger: fill('trigger') },
    Stop: { last_assistant_message: fill('assistant_message'), stop_hook_active: false },
    StopFailure: { turn_id: `${fill('turn_id')} 2`, error: fill('stop_error') },
    Interrupt: { turn_id: `${fill('turn_id')} 3` },
    SessionEnd: { reason: fill('reason') },
  };
  return Object.fromEntries(Object.entries(said).map(([name, more]) => [name, { ...common(name), ...more }]));
}

function geminiCli(fill: Fill): Record<string, Said> {
  const common = (name: string): Said => ({
    session_id: fill('session_id'),
    transcript_path: fill('transcript_path'),
    cwd: '/home/dev/shop',
    hook_event_name: name,
    timestamp: fill('timestamp'),
  });
  const shell = {
    tool_name: 'run_shell_command',
    tool_input: { command: fill('command'), description: fill('description') },
  };
  const request = {
    model: fill('model'),
    messages: [{ role: 'user', content: fill('message') }],
    config: { temperature: 0 },
  };
  const said: Record<string, Said> = {
    SessionStart: { source: fill('source') },
    BeforeAgent: { prompt: fill('prompt') },
    BeforeModel: { llm_request: request },
    AfterModel: { llm_request: request, llm_response: { text: fill('chunk') } },
    BeforeToolSelection: { llm_request: request },
    BeforeTool: shell,
    AfterTool: { ...shell, tool_response: { llmContent: fill('output'), returnDisplay: fill('display') } },
    ReadTool: {
      hook_event_name: 'AfterTool',
      tool_name: 'read_file',
      tool_input: { absolute_path: fill('read_path') },
      tool_response: { llmContent: fill('read_content') },
    },
    WriteTool: {
      hook_event_name: 'AfterTool',
      tool_name: 'write_file',
      tool_input: { file_path: fill('edit_path'), content: fill('new_string') },
      tool_response: { llmContent: fill('write_output') },
    },
    McpTool: {
      hook_event_name: 'AfterTool',
      tool_name: 'lookup',
      mcp_context: { server_name: fill('mcp_server') },
      tool_input: { customer: fill('mcp_argument') },
      tool_response: { llmContent: fill('mcp_result'), error: fill('mcp_error') },
    },
    PreCompress: { trigger: fill('trigger') },
    Notification: {
      notification_type: fill('notification_type'),
      message: fill('notification'),
      details: { command: fill('notified_command') },
    },
    AfterAgent: { prompt: fill('prompt'), prompt_response: fill('assistant_message'), stop_hook_active: false },
    SessionEnd: { reason: fill('reason') },
  };
  return Object.fromEntries(Object.entries(said).map(([name, more]) => [name, { ...common(name), ...more }]));
}

function copilotCli(fill: Fill): Record<string, Said> {
  const common: Said = { sessionId: fill('sessionId'), timestamp: 1_764_000_000_000, cwd: '/home/dev/shop' };
  const args = JSON.stringify({ command: fill('command'), description: fill('description') });
  const agent = {
    agentId: fill('agent_id'),
    agentType: fill('agent_type'),
    parentAgentId: fill('sessionId'),
  };
  const said: Record<string, Said> = {
    sessionStart: { source: fill('source'), initialPrompt: fill('initial_prompt') },
    userPromptSubmitted: { prompt: fill('prompt') },
    userPromptTransformed: { prompt: fill('prompt'), transformedPrompt: fill('transformed_prompt') },
    preToolUse: { toolName: 'bash', toolArgs: args },
    permissionRequest: {
      hookName: 'permissionRequest',
      toolName: fill('asked_tool'),
      toolInput: { command: fill('asked_command') },
    },
    postToolUse: {
      toolName: 'bash',
      toolArgs: args,
      toolResult: { resultType: 'success', textResultForLlm: fill('output') },
    },
    preMcpToolCall: {
      toolCallId: fill('tool_call_id'),
      serverName: fill('mcp_server'),
      toolName: 'lookup',
      arguments: { customer: fill('mcp_argument') },
      _meta: { token: fill('mcp_meta') },
    },
    view: {
      toolName: 'view',
      toolArgs: JSON.stringify({ path: fill('read_path') }),
      toolResult: { resultType: 'denied', textResultForLlm: fill('read_content') },
    },
    edit: {
      toolName: 'edit',
      toolArgs: JSON.stringify({ path: fill('edit_path'), old_str: fill('old_string'), new_str: fill('new_string') }),
      toolResult: { resultType: 'failure', textResultForLlm: fill('edit_output') },
    },
    postToolUseFailure: {
      toolName: 'grep',
      toolArgs: { pattern: fill('pattern') },
      error: fill('error_of_call'),
    },
    subagentStart: { ...agent, agentName: fill('agent_name'), transcriptPath: fill('transcript_path') },
    subagentStop: {
      ...agent,
      transcriptPath: fill('transcript_path'),
      response: fill('agent_response'),
      stopReason: fill('agent_stop_reason'),
    },
    preCompact: { trigger: fill('trigger'), customInstructions: fill('instructions') },
    notification: { notification_type: fill('notification_type'), message: fill('notification') },
    agentStop: { transcriptPath: fill('transcript_path'), stopReason: fill('stop_reason') },
    errorOccurred: {
      error: { message: fill('error_message'), name: fill('error_name'), stack: fill('error_stack') },
      errorContext: fill('error_context'),
    },
    sessionEnd: { reason: fill('reason'), finalMessage: fill('final_message'), error: fill('end_error') },
  };
  return Object.fromEntries(Object.entries(said).map(([name, more]) => [name, { ...common, ...more }]));
}
