import type { EnrichedSpan } from '../security-context.ts';
import type { ToolRisk } from './tool-risk.ts';

/** A span among the others of its batch. */
export interface SpanNode {
  readonly span: EnrichedSpan;
  /** The parent, when it came in the same batch. */
  parent: SpanNode | undefined;
  /** Ancestors in the batch. */
  depth: number;
  /** Start of the span, or of its parent when a skewed clock puts that later: nothing is created before its parent. */
  createdAt: bigint;
  /** Agent that called the one this span belongs to; '' when none did. Set with the agent's identity. */
  callerAgentId: string;
  /** The tool that this span is a call of. Set with the tool's category. */
  tool: ToolRisk | undefined;
}

const UNSETTLED = -1;
const ON_PATH = -2;

/**
 * The spans in the order they were created in: by start, parents before children, then by end (what ended first was there
 * first), then as they came. Parents precede their children always, so a step can inherit by looking at `parent` alone.
 */
export function inCreationOrder(spans: readonly EnrichedSpan[]): SpanNode[] {
  const nodes = spans.map(nodeOf);
  linkParents(nodes);
  for (const node of nodes) settle(node);
  return nodes.sort(byCreation);
}

function nodeOf(span: EnrichedSpan): SpanNode {
  return {
    span,
    parent: undefined,
    depth: UNSETTLED,
    createdAt: span.startTimeUnixNano,
    callerAgentId: '',
    tool: undefined,
  };
}

function linkParents(nodes: readonly SpanNode[]): void {
  const traces = new Map<string, Map<string, SpanNode>>();
  for (const node of nodes) {
    const { traceId, spanId } = node.span;
    const trace = traces.get(traceId);
    if (trace === undefined) traces.set(traceId, new Map([[spanId, node]]));
    else if (!trace.has(spanId)) trace.set(spanId, node);
  }
  for (const node of nodes) {
    const { traceId, parentSpanId } = node.span;
    if (parentSpanId !== '') node.parent = traces.get(traceId)?.get(parentSpanId);
  }
}

/** Depth and creation time of a node and its ancestors. Walks each link once, without recursion; cuts rings of parents. */
function settle(node: SpanNode): void {
  const path: SpanNode[] = [];
  let at: SpanNode | undefined = node;
  while (at !== undefined && at.depth === UNSETTLED) {
    at.depth = ON_PATH;
    path.push(at);
    at = at.parent;
  }
  const topmost = path.at(-1);
  if (at?.depth === ON_PATH && topmost !== undefined) topmost.parent = undefined;
  for (const settled of path.reverse()) {
    const parent = settled.parent;
    settled.depth = parent === undefined ? 0 : parent.depth + 1;
    if (parent !== undefined && parent.createdAt > settled.createdAt) settled.createdAt = parent.createdAt;
  }
}

function byCreation(a: SpanNode, b: SpanNode): number {
  return order(a.createdAt, b.createdAt) || a.depth - b.depth || order(a.span.endTimeUnixNano, b.span.endTimeUnixNano);
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
