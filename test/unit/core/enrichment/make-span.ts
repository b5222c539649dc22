import type { AgentFields, AgentSpan, Content } from '../../../../engine/core/agent-span.ts';
import { type Attributes, emptyAttributes } from '../../../../engine/core/attributes.ts';
import type { Span } from '../../../../engine/core/span.ts';

export const TRACE = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';

interface Given extends Partial<Omit<Span, 'attributes' | 'resource' | 'scope'>> {
  attributes?: Record<string, unknown>;
  resource?: Record<string, unknown>;
  scope?: string;
  agent?: Partial<Omit<AgentFields, 'content'>>;
  content?: Partial<Content>;
}

/** A normalised span with everything empty that is not given. Times are in nanoseconds. */
export function makeSpan(given: Given = {}): AgentSpan {
  const { attributes, resource, scope, agent, content, ...span } = given;
  return {
    traceId: TRACE,
    spanId: '1111111111111111',
    parentSpanId: '',
    traceState: '',
    name: 'span',
    kind: 'Internal',
    startTimeUnixNano: 1_000n,
    endTimeUnixNano: 2_000n,
    statusCode: 'Unset',
    statusMessage: '',
    resource: { attributes: map(resource) },
    scope: { name: scope ?? '', version: '', attributes: emptyAttributes() },
    attributes: map(attributes),
    events: [],
    links: [],
    ...span,
    agent: { ...NOTHING_SAID, ...agent, content: { ...NO_CONTENT, ...content } },
  };
}

function map(values: Record<string, unknown> | undefined): Attributes {
  return Object.assign(emptyAttributes(), values);
}

const NO_CONTENT: Content = {
  systemPrompt: '',
  input: [],
  output: [],
  toolCalls: [],
  toolArguments: '',
  toolResult: '',
  toolDefinitions: '',
};

const NOTHING_SAID: Omit<AgentFields, 'content'> = {
  dialects: [],
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
  tokens: { uncachedInput: 0, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 },
  costUsd: undefined,
  finishReason: '',
  memoryOperation: '',
  memoryStoreId: '',
  guardrailVerdict: '',
  permissionMode: '',
  environment: '',
};
