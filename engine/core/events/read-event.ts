import { createHash } from 'node:crypto';
import type { AgentSpan } from '../agent-span.ts';
import { type Attributes, type AttributeValue, emptyAttributes, firstNumber, firstString } from '../attributes.ts';
import { normalise } from '../dialects/normalise.ts';
import { textOf } from '../dialects/plain-text.ts';
import { NO_TOKENS } from '../dialects/usage.ts';
import type { LogRecord } from '../log-record.ts';
import type { Span, SpanEvent } from '../span.ts';
import { eventNameOf } from './event-name.ts';
import { beginsTurn, type EventRole, eventRole } from './event-roles.ts';
import { namedSession, nameSession } from './name-session.ts';

/** A keyed digest of a text, 32 hex digits: ids made of content must not let anyone test a guess. */
export type Identify = (text: string) => string;

/** A log record as what it is beside a record. */
export interface LoggedEvent {
  readonly record: LogRecord;
  /** 16 hex digits; the same record sent again has the same. */
  readonly id: string;
  /** Whole name; '' for a plain message. */
  readonly name: string;
  /** UTF-16 units of the body. */
  readonly bodyLength: number;
  /** The record in the shape of a span, its body under BODY_KEY: dialects, enrichment and redaction read it as they read spans. */
  readonly span: AgentSpan;
  /** Whether that span is one of the org's spans: nobody else traces the step, or what was said in it. */
  readonly isSpan: boolean;
}

export const BODY_KEY = 'log.body';

/** Longest that an event's step is believed to have taken, ms. */
const MOST_DURATION_MS = 86_400_000;
/** From here on OTLP's severities are errors. */
const ERROR_SEVERITY = 17;
const TURN_KEYS = ['prompt.id', 'prompt_id'] as const;
const CALL_KEYS = ['tool_use_id', 'call_id', 'gen_ai.tool.call.id'] as const;

/** Reads what a log record is, whatever its sender calls it. Pure; never throws on a record's content. */
export function readEvent(record: LogRecord, identify: Identify): LoggedEvent {
  const name = eventNameOf(record);
  const role = eventRole(name, record.attributes);
  const id = identify(digest(record)).slice(0, 16);
  const traced = record.spanId !== '';
  const body = textOf(record.body);
  const span = normalise(toSpan(record, name, role, body, id, identify));
  nameSession(span);
  // What was said has been read; it need not be kept twice.
  span.events = [];
  if (role === 'content' && (traced || span.agent.kind === '')) asContent(span);
  return {
    record,
    id,
    name,
    bodyLength: body.length,
    span,
    isSpan: role === 'action' ? !traced : role === 'content' && saysSomething(span),
  };
}

/** The span or event that it belongs to counts the call and its tokens. */
function asContent(span: AgentSpan): void {
  span.agent = { ...span.agent, kind: 'chain', tokens: NO_TOKENS, costUsd: undefined };
}

function saysSomething({ agent: { content } }: AgentSpan): boolean {
  return content.systemPrompt !== '' || content.input.length > 0 || content.output.length > 0;
}

function toSpan(record: LogRecord, name: string, role: EventRole, body: string, id: string, identify: Identify): Span {
  const { attributes, timeUnixNano } = record;
  const failed = failure(record);
  const took = role === '' ? 0 : Math.min(Math.max(firstNumber(attributes, ['duration_ms']) ?? 0, 0), MOST_DURATION_MS);
  const ids =
    record.spanId === '' && role !== '' ? placeInTurn(record, name, id, identify) : ownPlace(record, id, identify);
  const events = name.startsWith('gen_ai.') ? [saidIn(record, name)] : [];
  if (body !== '') attributes[BODY_KEY] = body;
  return {
    ...ids,
    traceState: '',
    name,
    kind: 'Internal',
    startTimeUnixNano: timeUnixNano - BigInt(Math.round(took * 1e6)),
    endTimeUnixNano: timeUnixNano,
    statusCode: failed === undefined ? 'Unset' : 'Error',
    statusMessage: failed ?? '',
    resource: record.resource,
    scope: record.scope,
    attributes,
    events,
    links: [],
  };
}

/** The conventions before 1.37 put a message's fields into the body. */
function saidIn({ timeUnixNano, attributes, body }: LogRecord, name: string): SpanEvent {
  const fields: Attributes = Object.assign(emptyAttributes(), attributes);
  if (isMap(body)) Object.assign(fields, body);
  return { timeUnixNano, name, attributes: fields };
}

type Place = Pick<Span, 'traceId' | 'spanId' | 'parentSpanId'>;

/** Below the span that it was logged in, or in a trace of its own. */
function ownPlace({ traceId, spanId }: LogRecord, id: string, identify: Identify): Place {
  return { traceId: traceId || identify(`trace ${id}`), spanId: id, parentSpanId: spanId };
}

/**
 * The events of a turn make a trace: the prompt at its root, steps below it, a decision below the call it is about. Ids come from
 * what the sender calls session, turn and call, so that events of different requests find each other and a retry changes nothing.
 */
function placeInTurn(record: LogRecord, name: string, id: string, identify: Identify): Place {
  const session = namedSession(record.attributes, record.resource);
  if (session === '') return ownPlace(record, id, identify);
  const turn = firstString(record.attributes, TURN_KEYS);
  const call = firstString(record.attributes, CALL_KEYS);
  const idOf = (...parts: string[]) => identify(['event', session, ...parts].join('\0'));
  const root = idOf('turn', turn).slice(0, 16);
  const callId = call === '' ? id : idOf('call', call).slice(0, 16);
  const isDecision = name.endsWith('.tool_decision');
  const traceId = record.traceId || idOf('trace', turn);
  if (beginsTurn(name)) return { traceId, spanId: turn === '' ? id : root, parentSpanId: '' };
  return isDecision
    ? { traceId, spanId: id, parentSpanId: callId === id ? root : callId }
    : { traceId, spanId: callId, parentSpanId: root };
}

/** What went wrong; undefined when nothing says that something did. */
function failure({ attributes, severityNumber, body }: LogRecord): string | undefined {
  const message = firstString(attributes, ['error', 'error.message', 'exception.message', 'error_type', 'error.type']);
  const success = attributes['success'];
  if (success === false || success === 'false' || message !== '') return message;
  return severityNumber >= ERROR_SEVERITY ? (typeof body === 'string' ? body : '') : undefined;
}

function digest(record: LogRecord): string {
  const { timeUnixNano, severityNumber, eventName, traceId, spanId, attributes, body, scope, resource } = record;
  const hash = createHash('sha256');
  for (const part of [timeUnixNano, severityNumber, eventName, traceId, spanId, scope.name]) hash.update(`${part}\0`);
  for (const value of [resource.attributes, attributes, body]) hash.update(`${textOf(value)}\0`);
  return hash.digest('hex');
}

function isMap(value: AttributeValue): value is Attributes {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}
