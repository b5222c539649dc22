import { gzipSync } from 'node:zlib';
import type { OtlpEncoding } from '../../ingest/otlp/decode-traces.ts';
import { messageField, textField } from '../../ingest/otlp/wire-writer.ts';
import { bodyOf, exportOf, type SampleSpan } from '../unit/ingest/otlp/sample-request.ts';
import { zipBomb } from './zip-bomb.ts';

/** Stands in every malformed input, so that what it leaves behind anywhere can be found. */
export const PLANTED_SECRET = ['ghp', 'f4uLt5Pl4nt3dS3cr3tZq8WmKx2VbN7cJd9R'].join('_');

/** A request that no well-behaved sender makes. */
export interface MalformedInput {
  readonly name: string;
  readonly encoding: OtlpEncoding;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: () => Buffer;
  readonly status: 200 | 400 | 413;
  /** What the answer says: of a refusal its message, of a partial success the reason; '' when all is well. */
  readonly says: string | RegExp;
  /** Spans that a partial success rejects. */
  readonly rejects?: number;
  /** Names of the spans that are stored. */
  readonly stores?: readonly string[];
}

type Attribute = readonly [key: string, value: object];

let made = 0;

/** A valid span but for what `members` change. */
function span(name: string, attributes: readonly Attribute[] = [], members: SampleSpan = {}): SampleSpan {
  const now = BigInt(Date.now()) * 1_000_000n;
  return {
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: (++made).toString(16).padStart(16, 'f'),
    name,
    kind: 3,
    startTimeUnixNano: String(now),
    endTimeUnixNano: String(now + 1_000n),
    attributes: [['gen_ai.tool.call.result', text(PLANTED_SECRET)] as Attribute, ...attributes].map(([key, value]) => ({
      key,
      value,
    })),
    ...members,
  };
}

function text(value: string): { stringValue: string } {
  return { stringValue: value };
}

const MIB = 1024 * 1024;
const JSON_HEAD = '{"resourceSpans":[{"scopeSpans":[{"spans":[';
const JSON_TAIL = ']}]}]}';

/** OTLP/JSON with spans written by hand. */
function json(...spans: string[]): Buffer {
  return Buffer.from(`${JSON_HEAD}${spans.join(',')}${JSON_TAIL}`);
}

/** A span as JSON, with a member or a part of one replaced by what JSON.stringify would never write. */
function edited(name: string, search: string | RegExp, replacement: string): string {
  return JSON.stringify(span(name, [['odd', text('ODD')]])).replace(search, () => replacement);
}

function nestedJson(depth: number): string {
  return `${'['.repeat(depth)}"${PLANTED_SECRET}"${']'.repeat(depth)}`;
}

/** An AnyValue that holds lists in lists. */
function nestedWire(depth: number): Buffer {
  let value = textField(1, PLANTED_SECRET);
  for (let i = 0; i < depth; i++) value = messageField(5, [messageField(1, [value])]);
  return value;
}

const valid = exportOf('protobuf', [span('valid')]);

export const MALFORMED_INPUTS: readonly MalformedInput[] = [];

export { bodyOf, edited, gzipSync, json, MIB, nestedJson, nestedWire, span, text, valid, zipBomb };
