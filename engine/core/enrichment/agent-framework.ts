import type { EnrichedSpan } from '../security-context.ts';
import { boundedMemo } from './bounded-memo.ts';

/** Words of instrumentation scopes, by framework; the first that a scope's name holds decides, so the narrower come first. */
const SCOPE_WORDS: readonly (readonly [string, readonly string[]])[] = [
  ['claude-code', ['claude code']],
  ['claude-agent-sdk', ['claude agent sdk']],
  ['strands', ['strands']],
  ['openclaw', ['openclaw']],
  ['agno', ['agno']],
  ['langgraph', ['langgraph']],
  ['langchain', ['langchain', 'langsmith']],
  ['crewai', ['crewai']],
  ['openai-agents', ['openai agents']],
  ['llamaindex', ['llamaindex', 'llama index']],
  ['pydantic-ai', ['pydantic ai']],
  ['mastra', ['mastra']],
  ['google-adk', ['google adk', 'gcp vertex agent']],
  ['microsoft-agent-framework', ['agent framework', 'microsoft agents']],
  ['semantic-kernel', ['semantic kernel', 'semantickernel']],
  ['autogen', ['autogen', 'ag2', 'agent runtime']],
  ['haystack', ['haystack']],
  ['smolagents', ['smolagents']],
  ['dspy', ['dspy']],
  ['letta', ['letta']],
  ['bedrock-agents', ['bedrock agent', 'bedrock agents', 'bedrock agentcore']],
  ['spring-ai', ['spring ai']],
  ['koog', ['koog']],
  ['livekit-agents', ['livekit agents']],
  ['beeai', ['beeai']],
  ['vercel-ai', ['vercel ai', 'ai sdk']],
];

/** Scope names that are words too common to look for inside another name. */
const WHOLE_SCOPES: Readonly<Record<string, string>> = { ai: 'vercel-ai' };

/** `gen_ai.provider.name` where a framework names itself instead of the model's vendor. */
const PROVIDERS: Readonly<Record<string, string>> = {
  'strands-agents': 'strands',
  langchain: 'langchain',
  langgraph: 'langgraph',
  crewai: 'crewai',
  autogen: 'autogen',
  'pydantic-ai': 'pydantic-ai',
  'gcp.vertex.agent': 'google-adk',
  'microsoft.agent_framework': 'microsoft-agent-framework',
  spring_ai: 'spring-ai',
};

/** Attributes that only one framework sets. */
const TELLTALE_KEYS: readonly (readonly [string, string])[] = [
  ['agno.agent.id', 'agno'],
  ['agno.team.id', 'agno'],
  ['crew_key', 'crewai'],
  ['event_loop.cycle_id', 'strands'],
  ['gcp.vertex.agent.invocation_id', 'google-adk'],
  ['sk.available_functions', 'semantic-kernel'],
  ['ai.operationId', 'vercel-ai'],
];

const NAME_STARTS: readonly (readonly [string, string])[] = [
  ['claude_code.', 'claude-code'],
  ['openclaw.', 'openclaw'],
  ['haystack.', 'haystack'],
  ['LangGraph', 'langgraph'],
];

/** AI coding tools by `service.name`: there the program is the agent. */
const CODING_TOOLS: Readonly<Record<string, string>> = {
  'claude-code': 'claude-code',
  'claude-code-desktop': 'claude-code',
  codex: 'codex',
  codex_cli_rs: 'codex',
  'gemini-cli': 'gemini-cli',
  cursor: 'cursor',
  windsurf: 'windsurf',
  'copilot-cli': 'copilot-cli',
  copilot: 'copilot-cli',
  'github-copilot': 'copilot-cli',
  opencode: 'opencode',
};

const CODING_TOOL_NAMES: ReadonlySet<string> = new Set(Object.values(CODING_TOOLS));

/** The framework that a span itself tells of; '' when it tells none. */
export function frameworkOf(span: EnrichedSpan): string {
  return (
    lookUp(CODING_TOOLS, span.resource.attributes['coding_agent.client']) ||
    frameworkOfScope(span.scope.name) ||
    lookUp(PROVIDERS, span.agent.provider) ||
    (TELLTALE_KEYS.find(([key]) => span.attributes[key] !== undefined)?.[1] ?? '') ||
    (NAME_STARTS.find(([start]) => span.name.startsWith(start))?.[1] ?? '') ||
    lookUp(CODING_TOOLS, span.resource.attributes['service.name'])
  );
}

/** The framework is a coding tool: a program that is itself the agent, and names none. */
export function isCodingTool(framework: string): boolean {
  return CODING_TOOL_NAMES.has(framework);
}

const remembered = boundedMemo<string>(1024);

function frameworkOfScope(scope: string): string {
  return remembered(scope.slice(0, 200), () => {
    const words = scope
      .slice(0, 200)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, ' ')
      .trim();
    const padded = ` ${words} `;
    const found = SCOPE_WORDS.find(([, phrases]) => phrases.some((phrase) => padded.includes(` ${phrase} `)));
    return found?.[0] ?? lookUp(WHOLE_SCOPES, words);
  });
}

function lookUp(table: Readonly<Record<string, string>>, key: unknown): string {
  return typeof key === 'string' && Object.hasOwn(table, key) ? table[key]! : '';
}
