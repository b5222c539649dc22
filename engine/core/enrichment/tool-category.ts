import type { AgentSpanKind } from '../agent-span.ts';
import type { EnrichedSpan } from '../security-context.ts';
import { classifyTool } from './classify-tool.ts';
import type { SpanNode } from './creation-order.ts';
import { sentWord } from './sent-word.ts';

/** Spans of these kinds may mention a tool (a model that asks for one, a check of one) and still are no call of it. */
const NO_CALL: ReadonlySet<AgentSpanKind> = new Set(['llm', 'embedding', 'agent', 'guardrail', 'evaluator']);

/** Step 4. Category and direction of the tool that a span calls; '' for spans that call none. */
export function setToolCategory(nodes: readonly SpanNode[]): void {
  for (const node of nodes) {
    const { span } = node;
    const name = calledTool(span);
    node.tool = name === '' ? undefined : classifyTool(name, span.agent.toolDescription, span.agent.mcpServer);
    span.security.toolCategory = sentWord(span.attributes, 'tracectrl.tool.category') || (node.tool?.category ?? '');
    span.security.toolDirection = sentWord(span.attributes, 'tracectrl.tool.direction') || (node.tool?.direction ?? '');
  }
}

/** A tool span without a tool's name is named after its tool. */
function calledTool(span: EnrichedSpan): string {
  if (NO_CALL.has(span.agent.kind)) return '';
  if (span.agent.toolName !== '') return span.agent.toolName;
  return span.agent.kind === 'tool' ? span.name.replace(/^execute_tool /, '') : '';
}
