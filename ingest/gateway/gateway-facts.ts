import { z } from 'zod';
import type { Attributes } from '../../engine/core/attributes.ts';
import { NO_FIELDS } from '../../engine/core/dialects/normalise.ts';
import type { RedactedSpan } from '../../engine/core/redacted-span.ts';

/** Under which a gateway tells what it read off a span before it redacted it. Of any other sender it is dropped. */
export const GATEWAY_KEY = 'spanwarden.gateway';

const VERSION = 1;
const MAX_LENGTH = 4 * 1024 * 1024;

const text = z.string().max(16_384).default('');
const texts = z.array(z.string().max(16_384)).max(8_192).default([]);
const count = z.number().nonnegative();
const flag = z.boolean().default(false);
const bits = z.int().min(0).max(0xffff_ffff).default(0);
const words = z.array(z.int().min(0).max(0xffff_ffff)).max(16_384).default([]);
const refs = z
  .array(z.string().regex(/^\d{1,20}$/))
  .max(65_536)
  .default([]);
const nanos = z
  .string()
  .regex(/^\d{1,20}$/)
  .transform(BigInt);
const id = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const preview = z.object({ text, length: count.default(0) }).default({ text: '', length: 0 });

const agent = z.object({
  dialects: texts,
  kind: z
    .enum(['llm', 'embedding', 'agent', 'chain', 'tool', 'retriever', 'memory', 'guardrail', 'evaluator', ''])
    .default(''),
  sessionId: text,
  userId: text,
  agentId: text,
  agentName: text,
  agentVersion: text,
  agentDescription: text,
  agentFramework: text,
  callerAgentId: text,
  workflow: text,
  provider: text,
  requestModel: text,
  responseModel: text,
  responseId: text,
  turnId: text,
  toolName: text,
  toolDescription: text,
  toolCallId: text,
  toolType: text,
  mcpServer: text,
  decision: text,
  decisionTool: text,
  step: count.optional().transform((value) => value),
  stepCount: count.optional().transform((value) => value),
  tokens: z
    .object({
      uncachedInput: count,
      cacheRead: count,
      cacheWrite: count,
      output: count,
      reasoning: count,
    })
    .default({ ...NO_FIELDS.tokens }),
  costUsd: count.optional().transform((value) => value),
  finishReason: text,
  memoryOperation: text,
  memoryStoreId: text,
  guardrailVerdict: text,
  permissionMode: text,
  environment: text,
});

const security = z.object({
  sessionId: text,
  ingress: flag,
  triggerType: text,
  agentId: text,
  agentName: text,
  agentFramework: text,
  toolCategory: text,
  toolDirection: text,
  promptHash: text,
  promptHashStable: text,
  spanSequence: nanos.default(0n),
  memoryOperation: text,
  memoryStoreId: text,
  inputSource: text,
  writeProvenance: text,
  contentSignals: texts,
  offeredToolNames: texts,
  offeredToolHashes: texts,
});

const provenance = z.object({
  calls: z
    .array(z.object({ id: text, tool: text, kinds: bits, objects: words, words, refs }))
    .max(4_096)
    .default([]),
  request: z.object({ kinds: bits, delegates: flag, words }).default({ kinds: 0, delegates: false, words: [] }),
  instructions: z
    .array(z.object({ strength: bits, kinds: bits, words, refs, targets: refs }))
    .max(4_096)
    .default([]),
});

/** The span that a log record or a data point was read as. */
const record = z.object({
  /** Of the record, or of the series of a point. */
  id: id(16),
  traceId: id(32),
  spanId: id(16),
  parentSpanId: id(16).or(z.literal('')).default(''),
  start: nanos,
  end: nanos,
  status: z.enum(['Unset', 'Ok', 'Error']).default('Unset'),
  message: text,
  bodyLength: count.default(0),
  isSpan: flag,
});

const factsSchema = z.object({
  v: z.literal(VERSION),
  agent: agent.prefault({}),
  security: security.prefault({}),
  prompt: preview,
  completion: preview,
  toolArguments: preview,
  toolResult: preview,
  trusted: refs,
  untrusted: refs,
  outbound: refs,
  provenance: provenance.prefault({}),
  record: record.optional(),
});

/** What a gateway knows of a span and its redacted attributes no longer show. */
export type GatewayFacts = z.output<typeof factsSchema>;
export type RecordFacts = z.output<typeof record>;
export type TakenRecord = GatewayFacts & { readonly record: RecordFacts };

/** The facts of a redacted span as the text of one attribute: JSON without what is empty. */
export function writeFacts(span: RedactedSpan, ofRecord?: RecordFacts): string {
  const { agent, security, prompt, completion, toolArguments, toolResult, references, provenance } = span;
  const facts = { agent, security, prompt, completion, toolArguments, toolResult, ...references, provenance };
  return JSON.stringify({ v: VERSION, ...facts, record: ofRecord }, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : isEmpty(value) ? undefined : value,
  );
}

/**
 * Takes the facts off a span's attributes: no sender's are stored as they are. Undefined where there are none, where the sender is no
 * gateway, and for what is not of this version: the span is then read as any other.
 */
export function takeFacts(attributes: Attributes, fromGateway: boolean | undefined): GatewayFacts | undefined {
  const value = attributes[GATEWAY_KEY];
  if (value === undefined) return undefined;
  delete attributes[GATEWAY_KEY];
  if (fromGateway !== true || typeof value !== 'string' || value.length > MAX_LENGTH) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return undefined;
  }
  return factsSchema.safeParse(parsed).data;
}

/** The same for a log record or a data point. */
export function takeRecordFacts(attributes: Attributes, fromGateway: boolean | undefined): TakenRecord | undefined {
  const facts = takeFacts(attributes, fromGateway);
  return facts?.record === undefined ? undefined : { ...facts, record: facts.record };
}

/** Within lists everything keeps its place, so an empty text is left out of objects alone. */
function isEmpty(value: unknown): boolean {
  return value === '' || value === false || (Array.isArray(value) && value.length === 0);
}
