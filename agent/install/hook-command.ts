import type { ToolName } from '../hooks/tool-event.ts';
import type { Machine } from './machine.ts';

/**
 * What a tool is to run for an event. Where a shell can say so, a client that cannot be started is no hook at all: Copilot CLI refuses
 * a call whose hook fails, and Cursor one whose hook prints nothing.
 */
export function hookCommand(
  { node, platform }: Pick<Machine, 'node' | 'platform'>,
  tool: ToolName,
  event: string,
  bundle: string,
): string {
  const words = ['hook', tool, ...(tool === 'copilot-cli' ? [event] : [])].join(' ');
  if (platform !== 'win32') return `${quoted(node)} ${quoted(bundle)} ${words} || echo '{}'`;
  // Claude Code runs hooks by Git Bash there, the others by PowerShell or cmd
  if (tool === 'claude-code') return `"${node.replaceAll('\\', '/')}" "${bundle.replaceAll('\\', '/')}" ${words}`;
  return tool === 'cursor' || tool === 'codex' ? `"${node}" "${bundle}" ${words}` : `& "${node}" "${bundle}" ${words}`;
}

export function isOurCommand(tool: ToolName): (command: string) => boolean {
  return (command) => command.includes('spanwarden') && command.includes(` hook ${tool}`);
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
