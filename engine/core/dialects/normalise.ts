import type { AgentFields, AgentSpan, AgentSpanKind, Content } from '../agent-span.ts';
import { firstString } from '../attributes.ts';
import type { Span } from '../span.ts';
import { claudeCode } from './claude-code.ts';
import { codex } from './codex.ts';
import { codingAgent } from './coding-agent.ts';
import type { Dialect } from './dialect.ts';
import { geminiCli } from './gemini-cli.ts';
import { langfuse } from './langfuse.ts';
import { langsmith } from './langsmith.ts';
import { openinference } from './openinference.ts';
import { openllmetry } from './openllmetry.ts';
import { otelGenai } from './otel-genai.ts';
import { recogniser } from './recognise.ts';
import { tracectrl } from './tracectrl.ts';
import type { Usage } from './usage.ts';
import { mergeUsage, NO_TOKENS, saysUsage, tokenCounts } from './usage.ts';
import { vercelAi } from './vercel-ai.ts';

/**
 * Highest precedence first: for each field the first that says something wins. What a sender states for security's sake, then
 * dialects that name their producer and know how it uses shared keys, then the conventions that everyone shares.
 */
export const DIALECTS: readonly Dialect[] = [
  tracectrl,
  claudeCode,
  geminiCli,
  codex,
  codingAgent,
  langfuse,
  langsmith,
  vercelAi,
  openllmetry,
  otelGenai,
  openinference,
];

/**
 * Set by our SDK, which sees a call that two instrumentations report as one span inside another (OpenLLMetry's around that of
 * Anthropic's client): the inner is no second call, and the outer has its tokens.
 */
export const INNER_CALL_KEY = 'spanwarden.model_call.inner';

const recognise = recogniser(DIALECTS);

const NO_CONTENT: Content = Object.freeze({
  systemPrompt: '',
  input: Object.freeze([]),
  output: Object.freeze([]),
  toolCalls: Object.freeze([]),
  toolArguments: '',
  toolResult: '',
  toolDefinitions: '',
});

/** What is known of a span that speaks no dialect. Shared by all of them, therefore frozen. */
export const NO_FIELDS: AgentFields = Object.freeze({
  dialects: Object.freeze([]),
  kind: '',
  sessionId: '',
  userId: '',
  agentId: '',
  agentName: '',
  agentVersion: '',
  agentDescription: '',
  agentFramework: '',
  callerAgentId: '',
  workflow: '',
  provider: '',
  requestModel: '',
  responseModel: '',
  responseId: '',
  turnId: '',
  toolName: '',
  toolDescription: '',
  toolCallId: '',
  toolType: '',
  mcpServer: '',
  decision: '',
  decisionTool: '',
  step: undefined,
  stepCount: undefined,
  tokens: NO_TOKENS,
  costUsd: undefined,
  finishReason: '',
  memoryOperation: '',
  memoryStoreId: '',
  guardrailVerdict: '',
  permissionMode: '',
  environment: '',
  content: NO_CONTENT,
});

type PlainFields = Omit<AgentFields, 'dialects' | 'tokens' | 'content'>;
/** The fields that are merged one by one; the others are put together from several. */
const PLAIN_FIELDS = Object.keys(NO_FIELDS).filter(
  (field) => !['dialects', 'tokens', 'content'].includes(field),
) as (keyof PlainFields)[];
const CONTENT_FIELDS = Object.keys(NO_CONTENT) as (keyof Content)[];

/** Reads what a span's sender says of an agent, whatever dialect it says it in. Pure; never throws on a span's content. */
export function normalise(span: Span): AgentSpan {
  const found = recognise(span);
  return { ...span, agent: found === 0 ? NO_FIELDS : readFields(span, found) };
}

function readFields(span: Span, found: number): AgentFields {
  const dialects: string[] = [];
  const content = { ...NO_CONTENT };
  const fields: AgentFields = { ...NO_FIELDS, dialects, content };
  let usage: Usage | undefined;
  for (const [index, dialect] of DIALECTS.entries()) {
    if ((found & (1 << index)) === 0) continue;
    dialects.push(dialect.name);
    const reading = dialect.read(span, fields.kind);
    fillIn<PlainFields>(fields, reading, PLAIN_FIELDS);
    if (reading.content !== undefined) fillIn(content, reading.content, CONTENT_FIELDS);
    if (reading.usage !== undefined) usage = usage === undefined ? reading.usage : mergeUsage(usage, reading.usage);
  }
  if (usage !== undefined && saysUsage(usage)) fields.tokens = tokenCounts(usage);
  return settle(fields, span);
}

/** Sets the fields that nobody has said yet. */
function fillIn<T extends object>(target: T, said: Partial<T>, fields: readonly (keyof T)[]): void {
  for (const field of fields) {
    const value = said[field];
    if (!isEmpty(value) && isEmpty(target[field])) target[field] = value as T[keyof T];
  }
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** What follows from the fields together, whichever dialect each came from. */
function settle(fields: AgentFields, span: Span): AgentFields {
  if (repeatsInner(fields.kind, span)) {
    fields.tokens = NO_TOKENS;
    fields.costUsd = undefined;
  }
  if (isOuter(fields.kind)) fields.content = { ...fields.content, toolCalls: [] };
  if (fields.mcpServer === '') fields.mcpServer = mcpServerOf(fields.toolName);
  if (fields.environment === '') fields.environment = environmentOf(span);
  if (fields.kind === 'llm' && span.attributes[INNER_CALL_KEY] === true) {
    fields.kind = 'chain';
    fields.tokens = NO_TOKENS;
    fields.costUsd = undefined;
  }
  return fields;
}

function isOuter(kind: AgentSpanKind): boolean {
  return kind === 'agent' || kind === 'chain';
}

/**
 * Agents and chains in this process sum up what the calls inside them count; an agent that is called over the network reports
 * what nobody else here sees.
 */
function repeatsInner(kind: AgentSpanKind, span: Span): boolean {
  return isOuter(kind) && span.kind !== 'Client';
}

/** Coding tools name an MCP tool `mcp__server__tool`. */
function mcpServerOf(toolName: string): string {
  return toolName.startsWith('mcp__') ? (toolName.split('__', 2)[1] ?? '') : '';
}

function environmentOf({ attributes, resource }: Span): string {
  const keys = ['deployment.environment.name', 'deployment.environment', 'langfuse.environment'];
  return firstString(attributes, keys) || firstString(resource.attributes, keys);
}
