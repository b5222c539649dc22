/** A span as it lies in the spool: redacted, every string of it. */
export interface ClientSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** 16 hex digits, or ''. */
  readonly parentSpanId: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
  readonly resource: ClientAttributes;
  readonly attributes: ClientAttributes;
}

export type ClientAttributes = Readonly<Record<string, string | number | boolean>>;

const MOST_ATTRIBUTES = 128;

/** The span that a row of the spool holds; undefined when it holds none: the file belongs to a user, who may write anything. */
export function parseClientSpan(text: string): ClientSpan | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const span = value as Record<string, unknown>;
  const { traceId, spanId, parentSpanId, name, startMs, endMs, failed, resource, attributes } = span;
  if (!isHex(traceId, 32) || !isHex(spanId, 16) || (parentSpanId !== '' && !isHex(parentSpanId, 16))) return undefined;
  if (typeof name !== 'string' || !isTime(startMs) || !isTime(endMs) || typeof failed !== 'boolean') return undefined;
  if (!areAttributes(resource) || !areAttributes(attributes)) return undefined;
  return { traceId, spanId, parentSpanId: parentSpanId as string, name, startMs, endMs, failed, resource, attributes };
}

function isHex(value: unknown, digits: number): value is string {
  return typeof value === 'string' && value.length === digits && /^[0-9a-f]+$/.test(value);
}

function isTime(value: unknown): value is number {
  return Number.isFinite(value) && (value as number) > 0 && (value as number) < 8.64e15;
}

function areAttributes(value: unknown): value is ClientAttributes {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MOST_ATTRIBUTES &&
    entries.every(([, one]) => ['string', 'number', 'boolean'].includes(typeof one))
  );
}
