import type { AgentFields } from '../core/agent-span.ts';
import type { RedactionPolicy } from './redaction-policy.ts';

/** Values that are looked for in a span's texts; arguments with more make the span's texts go whole. */
const MOST_VALUES = 256;
/** A shorter value stands in too many other places, and says too little. */
const SHORTEST = 3;
const MAX_DEPTH = 32;

/**
 * The values of arguments that the policy's list for their tool does not name, of the call that the span is and of those that a
 * model asked for; undefined when there are none. `tooMany`: there are more than can be looked for, so the arguments as a whole are
 * among them.
 */
export function restrictedArguments(
  { content, toolName }: AgentFields,
  tools: RedactionPolicy['tools'],
): { readonly values: readonly string[]; readonly tooMany: boolean } | undefined {
  if (tools === undefined) return undefined;
  const values = new Set<string>();
  const calls = [{ name: toolName, arguments: content.toolArguments }, ...content.toolCalls];
  const restricted = calls.filter((call) => Object.hasOwn(tools, call.name) && call.arguments.trim() !== '');
  for (const call of restricted) addValues(call.arguments, tools[call.name]!, values);
  const tooMany = values.size > MOST_VALUES;
  if (tooMany) for (const call of restricted) values.add(call.arguments);
  if (values.size === 0) return undefined;
  // the longest first: a value may be part of another
  const longest = [...values].sort((a, b) => b.length - a.length);
  return { values: longest.slice(0, MOST_VALUES), tooMany };
}

function addValues(args: string, kept: readonly string[], values: Set<string>): void {
  let parsed: unknown;
  try {
    parsed = JSON.parse(args);
  } catch {
    addLeaf(args, values);
    return;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) addLeaves(parsed, values, 0);
  else for (const [name, value] of Object.entries(parsed)) if (!kept.includes(name)) addLeaves(value, values, 0);
}

function addLeaves(value: unknown, values: Set<string>, depth: number): void {
  if (values.size > MOST_VALUES) return;
  if (typeof value === 'string' || typeof value === 'number') addLeaf(String(value), values);
  else if (typeof value === 'object' && value !== null) {
    if (depth >= MAX_DEPTH) addLeaf(JSON.stringify(value), values);
    else for (const item of Object.values(value)) addLeaves(item, values, depth + 1);
  }
}

function addLeaf(text: string, values: Set<string>): void {
  if (text.trim().length >= SHORTEST) values.add(text);
}
