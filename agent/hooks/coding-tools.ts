import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import type { CodingTool } from './coding-tool.ts';
import { copilotCli } from './copilot-cli.ts';
import { cursor } from './cursor.ts';
import { geminiCli } from './gemini-cli.ts';
import type { ToolName } from './tool-event.ts';

export const CODING_TOOLS: Readonly<Record<ToolName, CodingTool>> = {
  'claude-code': claudeCode,
  cursor,
  codex,
  'gemini-cli': geminiCli,
  'copilot-cli': copilotCli,
};

export function isToolName(name: string): name is ToolName {
  return Object.hasOwn(CODING_TOOLS, name);
}
