import type { AgentFields, AgentSpanKind, Content } from '../agent-span.ts';
import type { Span } from '../span.ts';
import type { Usage } from './usage.ts';

/** What one dialect finds in a span. A field that is missing, '' or undefined is not said. */
export interface Reading extends Partial<Omit<AgentFields, 'dialects' | 'tokens' | 'content'>> {
  usage?: Usage;
  content?: Partial<Content>;
}

/** One way in which senders describe what an agent did. */
export interface Dialect {
  readonly name: string;
  /** The dialect is spoken by a span with an attribute whose key starts with one of these. */
  readonly keys: readonly string[];
  /** The same for the name of the span, of its scope or of one of its events. */
  readonly names?: readonly string[];
  /**
   * Pure. `kind` is what dialects of higher precedence said the span is, '' when none did: the same text means different
   * things on a model's call and on a tool's.
   */
  readonly read: (span: Span, kind: AgentSpanKind) => Reading;
}
