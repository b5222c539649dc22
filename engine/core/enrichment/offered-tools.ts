import { hash } from 'node:crypto';
import { boundedMemo } from './bounded-memo.ts';
import type { SpanNode } from './creation-order.ts';

export interface OfferedTools {
  readonly names: readonly string[];
  /** First 16 hex digits of the SHA-256 of each tool's definition, in the order of the names. */
  readonly hashes: readonly string[];
}

const NONE: OfferedTools = { names: [], hashes: [] };
const MAX_TOOLS = 512;
const MAX_NAME = 256;
/** A longer list is left alone: parsing it would hold up ingest for a question that only rules ask. */
const MAX_LENGTH = 1_000_000;
const MAX_DEPTH = 32;
/** OpenAI's name for them, Anthropic's, MCP's. */
const PARAMETERS = ['parameters', 'input_schema', 'inputSchema'];

/** An agent offers the same list with every call. Keyed by digest: no definition is kept. */
const remembered = boundedMemo<OfferedTools>(1024);

/**
 * Step 11, ours. The tools that a model was offered, each with a hash of its definition, so that a tool whose description
 * or parameters changed under the same name can be told. Keys are put in order first: how a sender prints JSON is no change.
 */
export function setOfferedTools(nodes: readonly SpanNode[]): void {
  for (const { span } of nodes) {
    const text = span.agent.content.toolDefinitions;
    const offered =
      text === '' || text.length > MAX_LENGTH ? NONE : remembered(hash('sha256', text), () => readOfferedTools(text));
    span.security.offeredToolNames = offered.names;
    span.security.offeredToolHashes = offered.hashes;
  }
}

/** Lists of OpenAI's, Anthropic's, OpenTelemetry's and MCP's form; nothing for any other text. */
function readOfferedTools(text: string): OfferedTools {
  const hashes = new Map<string, string>();
  for (const tool of listOf(text).slice(0, MAX_TOOLS)) {
    const name = nameOf(tool);
    if (name === '' || name.length > MAX_NAME || hashes.has(name)) continue;
    hashes.set(name, hash('sha256', canonical(essence(tool), 0)).slice(0, 16));
  }
  return { names: [...hashes.keys()], hashes: [...hashes.values()] };
}

function listOf(text: string): unknown[] {
  const parsed = parsedJson(text);
  if (Array.isArray(parsed)) return parsed.map((item) => (typeof item === 'string' ? parsedJson(item) : item));
  return [];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function nameOf(tool: unknown): string {
  const name = field(tool, 'name') ?? field(inner(tool), 'name');
  return typeof name === 'string' ? name : '';
}

/**
 * What the model reads of a tool: its description and parameters. The wrapping differs between the interfaces of one vendor, so
 * that an agent which uses two of them would seem to change its tools. A definition that holds neither counts as a whole.
 */
function essence(tool: unknown): unknown {
  const definition = inner(tool);
  const description = field(definition, 'description');
  const parameters = PARAMETERS.map((key) => field(definition, key)).find((value) => value !== undefined);
  return description === undefined && parameters === undefined ? tool : [description ?? '', parameters ?? {}];
}

function inner(tool: unknown): unknown {
  return field(tool, 'function') ?? field(tool, 'toolSpec') ?? tool;
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function canonical(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (depth >= MAX_DEPTH) return '"..."';
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join()}]`;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item, depth + 1)}`).join()}}`;
}
