import type { ToolCategory, ToolDirection } from '../security-context.ts';
import { boundedMemo } from './bounded-memo.ts';
import { KNOWN_TOOLS } from './known-tools.ts';
import { nameWords } from './name-words.ts';
import {
  categoryOfDescription,
  categoryOfWords,
  isRetrieval,
  plainWords,
  speaksOfOutside,
} from './tool-category-words.ts';
import { directionOfWords } from './tool-direction-words.ts';
import type { ToolRisk } from './tool-risk.ts';

/** Different tools an org can be expected to have, several times over. */
const MEMO_LIMIT = 4096;
/** Keys hold the name and the description: longer ones are classified anew each time rather than kept. */
const MEMO_KEY_LENGTH = 512;

const remembered = boundedMemo<ToolRisk>(MEMO_LIMIT);

/**
 * Category, direction and provenance of a tool by its name, in this order: tools known by name; words of the name; words of
 * the name together with its MCP server's; phrases of the description; a bare retrieval verb; `internal_api`.
 */
export function classifyTool(name: string, description: string, mcpServer: string): ToolRisk {
  const key = description === '' && mcpServer === '' ? name : `${name}\n${mcpServer}\n${description}`;
  const compute = () => classify(name, description, mcpServer);
  return key.length <= MEMO_KEY_LENGTH ? remembered(key, compute) : compute();
}

function classify(fullName: string, description: string, mcpServer: string): ToolRisk {
  const { tool, server } = partMcpName(fullName, mcpServer);
  const known = KNOWN_TOOLS.get(tool.toLowerCase());
  if (known !== undefined) return known;
  const words = nameWords(tool);
  const direction = directionOfWords(plainWords(words));
  const category = categoryOf(words, nameWords(server), description, direction);
  return { category, direction, outside: isOutside(category, direction, words) };
}

function categoryOf(
  words: readonly string[],
  server: readonly string[],
  description: string,
  direction: ToolDirection,
): ToolCategory {
  return (
    categoryOfWords(plainWords(words), direction) ??
    (server.length > 0 ? categoryOfWords(plainWords([...server, ...words]), direction) : undefined) ??
    categoryOfDescription(nameWords(description)) ??
    (isRetrieval(words) && direction !== 'output' ? 'memory_read' : 'internal_api')
  );
}

function isOutside(category: ToolCategory, direction: ToolDirection, words: readonly string[]): boolean {
  switch (category) {
    case 'external_api':
      return true;
    case 'email':
      return direction !== 'output';
    case 'internal_api':
    case 'file_system':
      return direction === 'input' && speaksOfOutside(words);
    default:
      return false;
  }
}

/** Coding tools name MCP tools `mcp__server__tool` (Claude Code) or `MCP:tool` (Cursor). */
function partMcpName(name: string, mcpServer: string): { tool: string; server: string } {
  if (name.startsWith('mcp__')) {
    const end = name.indexOf('__', 5);
    if (end > 5 && end + 2 < name.length) return { server: name.slice(5, end), tool: name.slice(end + 2) };
  }
  return { server: mcpServer, tool: name.startsWith('MCP:') ? name.slice(4) : name };
}
