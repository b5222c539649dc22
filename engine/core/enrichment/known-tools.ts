import type { ToolRisk } from './tool-risk.ts';

const RUNS: ToolRisk = { category: 'code_execution', direction: 'output', outside: false };
const RUN_OUTPUT: ToolRisk = { category: 'code_execution', direction: 'input', outside: false };
const READS_FILES: ToolRisk = { category: 'file_system', direction: 'input', outside: false };
const WRITES_FILES: ToolRisk = { category: 'file_system', direction: 'output', outside: false };
const READS_WEB: ToolRisk = { category: 'external_api', direction: 'input', outside: true };
const WRITES_MEMORY: ToolRisk = { category: 'memory_write', direction: 'output', outside: false };
const ASKS: ToolRisk = { category: 'human_interaction', direction: 'input', outside: false };
const INSIDE: ToolRisk = { category: 'internal_api', direction: 'internal', outside: false };

/**
 * Tools whose name alone says too little or the wrong thing, lower-case: the built-in tools of Claude Code, Cursor, Codex,
 * Gemini CLI and Copilot, the hosted tools of model vendors, and single words that agents' authors commonly use.
 */
export const KNOWN_TOOLS: ReadonlyMap<string, ToolRisk> = new Map(
  (
    [
      [RUNS, 'bash shell local_shell powershell run_terminal_cmd exec_command write_stdin run_shell_command'],
      [RUNS, 'code_interpreter code_execution computer computer_use computer_use_preview'],
      [RUNS, 'python terminal exec eval compile killshell killbash'],
      [RUN_OUTPUT, 'bashoutput taskoutput'],
      [READS_FILES, 'read view ls glob grep notebookread codebase_search grep_search read_lints view_image lsp'],
      [WRITES_FILES, 'write edit multiedit notebookedit replace apply_patch search_replace create str_replace'],
      [WRITES_FILES, 'str_replace_editor str_replace_based_edit_tool text_editor'],
      [READS_WEB, 'fetch webfetch websearch web_search_preview google_search'],
      // Anthropic's memory tool reads and writes; which of the two is in its arguments (memory-operation.ts).
      [WRITES_MEMORY, 'memory bio forget'],
      [ASKS, 'askuserquestion exitplanmode ask_followup_question ask confirm confirmation approval'],
      [INSIDE, 'task agent skill toolsearch todowrite todoread todo_write write_todos update_plan enterplanmode'],
      [INSIDE, 'taskcreate taskupdate tasklist taskget slashcommand image_generation'],
    ] as const
  ).flatMap(([risk, names]) => names.split(' ').map((name) => [name, risk] as const)),
);
