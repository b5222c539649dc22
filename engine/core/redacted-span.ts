import type { AgentFields } from './agent-span.ts';
import type { SpanProvenance } from './provenance.ts';
import type { SecurityContext } from './security-context.ts';
import type { OtlpSpanKind, StatusCode } from './span.ts';

/** One place where redaction replaced something. Never holds the value, nor its length or prefix. */
export interface RedactionFinding {
  /** `secret` (credentials), `pii` (personal data), `unclassified` (text under a key nobody classified), `failure`. */
  class: 'secret' | 'pii' | 'unclassified' | 'failure';
  /** Kind in upper snake case, as in the token: EMAIL, AWS_ACCESS_KEY, ... */
  kind: string;
  /** Id of the rule that named it; `secretlint/...` or `trufflehog/...` where only a second scanner found it. */
  rule: string;
  /** Where: `SpanAttributes.tool.parameters.headers.authorization`, `Events[0].exception.message`, `SpanName`, ... */
  path: string;
  /** Offset in UTF-16 units in the value as it came. */
  start: number;
  end: number;
  /** HMAC of the value under the org's key, hex: the same value gives the same fingerprint everywhere in the org. */
  fingerprint: string;
}

/** Text that has been redacted and clipped, with the length it had in UTF-16 units before both. */
export interface Preview {
  readonly text: string;
  readonly length: number;
}

/** 64-bit keyed hashes of the salient tokens of a span's text, as unsigned decimal strings. See content-references.ts. */
export interface ContentReferences {
  /** From the user and the system prompt. */
  trusted: readonly string[];
  /** From tool results, retrieved documents and memory. */
  untrusted: readonly string[];
  /** From tool arguments, memory writes and answers: what leaves. */
  outbound: readonly string[];
}

export interface RedactedEvent {
  readonly timeUnixNano: bigint;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface RedactedLink {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceState: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * A span that is safe to store: every string passed the redaction boundary, content was reduced to previews and references.
 * The only shape that ingest/write.ts takes. Made by engine/redaction/redact-span.ts and nowhere else.
 */
export interface RedactedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: OtlpSpanKind;
  readonly startTimeUnixNano: bigint;
  readonly endTimeUnixNano: bigint;
  readonly statusCode: StatusCode;
  readonly statusMessage: string;
  readonly serviceName: string;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly events: readonly RedactedEvent[];
  readonly links: readonly RedactedLink[];
  /** Fields without the content. */
  readonly agent: Omit<AgentFields, 'content'>;
  readonly security: SecurityContext;
  readonly prompt: Preview;
  readonly completion: Preview;
  readonly toolArguments: Preview;
  readonly toolResult: Preview;
  readonly references: ContentReferences;
  readonly provenance: SpanProvenance;
  readonly redactions: readonly RedactionFinding[];
}
