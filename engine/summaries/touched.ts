import type { TranscriptSpan } from '../core/summary-source.ts';

const MOST = 30;
/** Arguments under which tools take paths. */
const PATH_KEYS = /^(file_?path|path|file|file_?name|notebook_path|target_file|paths|files|document)$/i;
/** In a command or a sentence: a path with a folder or an extension that a file of work has. */
const PATH =
  /(?<![\w:/@.-])(?:~|\.{1,2})?\/?(?:[\w@+-][\w@.+-]{0,60}\/){1,12}[\w@+-][\w@.+-]{0,80}|(?<![\w./@-])[\w-]{0,60}\.(?:ts|tsx|js|jsx|mjs|py|go|rs|java|rb|php|cs|cpp|c|h|sql|md|txt|json|ya?ml|toml|env|csv|xlsx|pdf|docx|sh|tf|html|css)\b|(?<![\w./-])\.env(?:\.\w{1,20})?\b/g;
const HOST = /\bhttps?:\/\/([a-z0-9.-]{3,100})/gi;
/** Tools of a coding agent that work on the machine itself. */
const LOCAL: Readonly<Record<string, string>> = {
  bash: 'shell',
  shell: 'shell',
  terminal: 'shell',
  run_terminal_cmd: 'shell',
  execute_command: 'shell',
  powershell: 'shell',
};
const ON_FILES =
  /^(read|edit|multiedit|write|grep|glob|ls|notebookedit|read_file|write_file|edit_file|list_dir|search_files)$/i;

/** Files that calls name, in the order of the calls. */
export function filesTouched(tools: readonly TranscriptSpan[]): string[] {
  const files = new Set<string>();
  for (const { ToolName, ToolArgumentsPreview } of tools) {
    for (const [key, value] of argumentsOf(ToolArgumentsPreview)) {
      if (PATH_KEYS.test(key) && looksLikeFile(value)) files.add(value);
      else if (Object.hasOwn(LOCAL, ToolName.toLowerCase())) {
        for (const [path] of value.slice(0, 2_000).matchAll(PATH)) files.add(path);
      }
    }
  }
  return [...files].slice(0, MOST);
}

/** Hosts, MCP servers and tools that calls reached; the machine's own shell and files by these names. */
export function systemsTouched(tools: readonly TranscriptSpan[]): string[] {
  const systems = new Set<string>();
  for (const { ToolName, McpServer, ToolArgumentsPreview } of tools) {
    if (McpServer !== '') systems.add(McpServer);
    for (const [, host] of ToolArgumentsPreview.matchAll(HOST)) systems.add(host!.toLowerCase());
    const name = ToolName.toLowerCase();
    if (Object.hasOwn(LOCAL, name)) systems.add(LOCAL[name]!);
    else if (ON_FILES.test(name)) systems.add('files');
    else if (McpServer === '' && ToolName !== '') systems.add(ToolName);
  }
  return [...systems].slice(0, MOST);
}

function looksLikeFile(value: string): boolean {
  return value.length <= 300 && /^[^\s<>|"]+$/.test(value) && /[./\\]/.test(value) && !/^https?:/i.test(value);
}

/** Strings of a call's arguments with their keys, one level of lists deep. A preview that was clipped is read as far as it goes. */
function argumentsOf(preview: string): (readonly [string, string])[] {
  try {
    const parsed: unknown = JSON.parse(preview);
    if (parsed === null || typeof parsed !== 'object') return [['', preview]];
    return Object.entries(parsed).flatMap(([key, value]) =>
      [value].flat().flatMap((item) => (typeof item === 'string' ? [[key, item] as const] : [])),
    );
  } catch {
    const pairs = preview.slice(0, 8_000).matchAll(/"(\w{1,40})"\s{0,3}:\s{0,3}"([^"\\]{1,2000})/g);
    return [...pairs].map(([, key, value]) => [key!, value!] as const);
  }
}
