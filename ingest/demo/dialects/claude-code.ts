import type { Attributes } from '@opentelemetry/api';
import { demoId } from '../demo-id.ts';
import type { Call, DialectWriter, SpanDraft } from '../dialect-writer.ts';
import type { Arguments, Story } from '../story.ts';

/**
 * Claude Code's own traces with prompts, tool details and tool content switched on. It names neither agent nor system prompt,
 * and the model's text travels in log events, not in spans.
 */
export const claudeCode: DialectWriter = {
  scope: () => ({ name: 'com.anthropic.claude_code.tracing', version: '1.0.0' }),
  resource: ({ agent }) => ({
    'service.name': 'claude-code',
    'service.version': agent.version,
    'os.type': 'linux',
    'os.version': '6.12.0',
    'host.arch': 'amd64',
  }),
  turn: ({ story, sessionId, turn, turnNumber, took }) => [
    {
      name: 'claude_code.interaction',
      kind: 'internal',
      attributes: {
        ...spanOf('interaction', story, sessionId),
        user_prompt: turn.user,
        user_prompt_length: turn.user.length,
        'interaction.sequence': turnNumber,
        'interaction.duration_ms': took,
      },
    },
  ],
  model: ({ story, sessionId, reply, tokens, step, took }) => {
    const requestId = `req_${demoId(24, story.name, sessionId, step)}`;
    const stopReason = reply.call ? 'tool_use' : 'end_turn';
    return [
      {
        name: 'claude_code.llm_request',
        kind: 'internal',
        attributes: {
          ...spanOf('llm_request', story, sessionId),
          model: story.model,
          'gen_ai.system': story.provider,
          'gen_ai.request.model': story.model,
          query_source: 'repl_main_thread',
          duration_ms: took,
          ttft_ms: Math.round(took / 3),
          input_tokens: Math.round(tokens.input / 10),
          cache_read_tokens: Math.round(tokens.input * 0.9),
          cache_creation_tokens: 0,
          output_tokens: tokens.output,
          request_id: requestId,
          'gen_ai.response.id': requestId,
          attempt: 1,
          success: true,
          'response.has_tool_call': reply.call !== undefined,
          stop_reason: stopReason,
          'gen_ai.response.finish_reasons': [stopReason],
        },
      },
    ];
  },
  tool: ({ story, sessionId, call, took }) => toolSpans(story, sessionId, call, took),
  retrieval: ({ story, sessionId, query, documents, took }) =>
    toolSpans(
      story,
      sessionId,
      { id: 'toolu_search', tool: 'Grep', args: { pattern: query }, result: JSON.stringify(documents) },
      took,
    ),
};

function toolSpans(story: Story, sessionId: string, call: Call, took: number): SpanDraft[] {
  const ids = { tool_use_id: call.id, 'gen_ai.tool.call.id': call.id };
  return [
    {
      name: 'claude_code.tool',
      kind: 'internal',
      attributes: {
        ...spanOf('tool', story, sessionId),
        ...ids,
        tool_name: call.tool,
        tool_input: JSON.stringify(call.args),
        ...targetOf(call.args),
        duration_ms: took,
        result_tokens: Math.ceil(call.result.length / 4),
      },
      events: [{ name: 'tool.output', attributes: outputOf(call) }],
    },
    {
      name: 'claude_code.tool.execution',
      kind: 'internal',
      attributes: {
        ...spanOf('tool.execution', story, sessionId),
        tool_use_id: call.id,
        duration_ms: took,
        success: true,
      },
    },
  ];
}

function spanOf(type: string, { agent, user }: Story, sessionId: string): Attributes {
  return {
    'span.type': type,
    'session.id': sessionId,
    'app.version': agent.version,
    'app.entrypoint': 'cli',
    'user.id': demoId(64, 'install', user),
    'user.email': user,
    'user.account_uuid': uuid('account', user),
    'organization.id': uuid('organization'),
    'terminal.type': 'vscode',
  };
}

function targetOf({ file_path, command }: Arguments): Attributes {
  return { ...(file_path !== undefined && { file_path }), ...(command !== undefined && { full_command: command }) };
}

/** The event's attributes differ by tool: what a command printed, what a file holds, what an edit changed. */
function outputOf({ tool, args, result }: Call): Attributes {
  const { file_path, command } = args;
  if (tool === 'Bash') return { bash_command: String(command), output: result };
  if (file_path === undefined) return { output: result };
  return { file_path, [tool === 'Edit' ? 'diff' : 'content']: result };
}

function uuid(...names: string[]): string {
  const hex = demoId(32, ...names);
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-');
}
