import { payloadOf } from './payload.ts';
import type { CallKind, ToolCall } from './tool-event.ts';

/** Names of the tools' built-in tools, in lower case without separators. */
const KINDS: ReadonlyMap<string, CallKind> = new Map(
  Object.entries({
    shell:
      'bash powershell shell runshellcommand runterminalcmd localshell execcommand unifiedexec runinterminal run_in_terminal',
    edit: 'write edit multiedit notebookedit strreplace applypatch writefile replace create str_replace editfile delete deletefile searchreplace insert tabwrite',
    read: 'read readfile readmanyfiles view ls listdirectory glob grep searchfilecontent grepsearch',
    agent: 'agent task spawnagent collaborationspawnagent invokeagent',
  }).flatMap(([kind, names]) => names.split(' ').map((name) => [plain(name), kind as CallKind])),
);

/** Parameters that hold what goes into a file or comes out of it. */
const DIFF_KEYS = new Set(
  'content contents old_string new_string edits diff patch new_source old_source file_text old_str new_str insert_text code_edit streamcontent'.split(
    ' ',
  ),
);
const PATH_KEYS = [
  'file_path',
  'filePath',
  'path',
  'absolute_path',
  'notebook_path',
  'target_file',
  'dir_path',
  'directory',
  'file',
  'filename',
];
const PATH_LIST_KEYS = ['paths', 'file_paths'];
const PATCH_FILE = /^\*\*\* (?:Add|Update|Delete) File: ([^\n]{1,4096})$/gm;
const MOST_PATHS = 256;

export interface CallFacts {
  readonly id?: string;
  readonly name: string;
  readonly input: unknown;
  /** Where the tool says so itself; told from the name otherwise. */
  readonly kind?: CallKind;
  readonly server?: string;
  readonly resultLength?: number | undefined;
  readonly failure?: string;
}

/** Sets apart what a call is told to do and what it writes into files. */
export function readCall(facts: CallFacts): ToolCall {
  const { server, name } = mcpName(facts.name, facts.server ?? '');
  const input = parsed(facts.input);
  const kind = facts.kind ?? (server !== '' ? 'mcp' : (KINDS.get(plain(name)) ?? 'other'));
  const parts = kind === 'edit' || isPatch(input) ? withoutDiff(input) : { input, diff: undefined };
  const effective = parts.diff !== undefined && kind === 'shell' ? 'edit' : kind;
  const paths = [...pathsOf(input), ...(parts.diff === undefined ? [] : patchedFiles(parts.diff))].slice(0, MOST_PATHS);
  return {
    id: facts.id ?? '',
    name,
    kind: effective,
    server,
    input: parts.input,
    ...(parts.diff !== undefined && { diff: parts.diff }),
    paths,
    target: targetOf(effective, name, input, paths),
    ...(facts.resultLength !== undefined && { resultLength: facts.resultLength }),
    ...(facts.failure && { failure: facts.failure }),
  };
}

/** `mcp__server__tool`, `MCP:tool`. */
function mcpName(name: string, server: string): { server: string; name: string } {
  if (name.startsWith('mcp__')) return { server: server || (name.split('__', 2)[1] ?? ''), name };
  if (name.startsWith('MCP:')) return { server: server || 'mcp', name: name.slice(4).trim() };
  return { server, name };
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Some tools write parameters as JSON in a string. */
function parsed(input: unknown): unknown {
  if (typeof input !== 'string' || !/^\s*[[{]/.test(input)) return input;
  try {
    return JSON.parse(input) as unknown;
  } catch {
    return input;
  }
}

function withoutDiff(input: unknown): { input: unknown; diff: unknown } {
  if (typeof input === 'string') return { input: {}, diff: { patch: input } };
  const { value } = payloadOf(input);
  if (typeof value !== 'object' || value === null) return { input: {}, diff: undefined };
  if (Array.isArray(value)) return { input: {}, diff: { patch: value } };
  const kept: Record<string, unknown> = Object.create(null);
  const diff: Record<string, unknown> = Object.create(null);
  const patch = isPatch(value);
  for (const [key, said] of Object.entries(value)) {
    const written = DIFF_KEYS.has(key.toLowerCase()) || (patch && (key === 'input' || key === 'command'));
    (written ? diff : kept)[key] = said;
  }
  return { input: kept, diff: Object.keys(diff).length === 0 ? undefined : diff };
}

/** Codex changes files with a patch, which may come as a command of its shell. */
function isPatch(input: unknown): boolean {
  const text = typeof input === 'string' ? input : commandOf(input) || payloadOf(input).text('input', 'patch');
  return text.includes('*** Begin Patch');
}

function patchedFiles(diff: unknown): string[] {
  const said = payloadOf(diff);
  const text = said.text('patch', 'input', 'command') || said.texts('command').join('\n');
  return [...text.matchAll(PATCH_FILE)].slice(0, MOST_PATHS).map(([, path]) => path!);
}

function pathsOf(input: unknown): string[] {
  const said = payloadOf(input);
  return [
    ...PATH_KEYS.map((key) => said.text(key)).filter(Boolean),
    ...PATH_LIST_KEYS.flatMap((key) => said.texts(key)),
  ];
}

function commandOf(input: unknown): string {
  const said = payloadOf(input);
  return said.text('command', 'cmd') || said.texts('command').join(' ');
}

function targetOf(kind: CallKind, name: string, input: unknown, paths: readonly string[]): string {
  if (kind === 'shell') return `shell ${commandOf(input)}`;
  if (kind === 'edit') return `edit ${paths.join('\n')}`;
  if (kind === 'read') return `read ${paths.join('\n')}`;
  // the tool's own name is the last part; two hook systems name its server differently
  return `${kind} ${name.split('__').at(-1)} ${sorted(input)}`;
}

/** JSON with its keys in order, so that the same input reads the same. */
function sorted(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_key, inner: unknown) =>
        typeof inner === 'object' && inner !== null && !Array.isArray(inner)
          ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
          : inner,
      ) ?? ''
    );
  } catch {
    return '';
  }
}
