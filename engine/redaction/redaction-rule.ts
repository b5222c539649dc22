/** `secret`: a credential. `pii`: personal data. */
export type RedactionClass = 'secret' | 'pii';

/** Kind of the token for text that could not be judged: too long, budget spent, a rule that threw. */
export const UNJUDGED = 'REDACTED';

/**
 * How much the match itself says about what it is. Where hits overlap, the highest confidence names the token:
 * `format` a shape that only this vendor issues, `context` a value that a vendor's name stands next to, `shape` a structure
 * many issue (JWT, PEM, e-mail), `name` a value that stands under a telling name.
 */
export type Confidence = 'format' | 'context' | 'shape' | 'name';

export const CONFIDENCE_RANK: Readonly<Record<Confidence, number>> = { format: 3, context: 2, shape: 1, name: 0 };

/** Where a finder writes what it found; reused, so that a miss allocates nothing. */
export interface Found {
  start: number;
  end: number;
  /** Keywords of the same rule that begin before this offset are not tried again: keeps dense keywords linear. */
  resume: number;
  /** Set by rules whose kind depends on what they found; the rule's own kind otherwise. */
  kind: string;
  class: RedactionClass;
  /** Number of the scan under way: what a finder remembers of a text holds for one scan. */
  scan: number;
  /** Set by the finder of assigned values when the name at the keyword says nothing about a value. */
  untelling: boolean;
}

/**
 * Looks at a keyword hit at [at, end) of a text of which only [from, to) may be read. Must do a bounded amount of work.
 * Returns true when `found` holds a hit.
 */
export type Finder = (text: string, at: number, end: number, from: number, to: number, found: Found) => boolean;

/**
 * One kind of secret or personal data, as data. `examples` and `nearMisses` are templates (test/unit/redaction/expand-example.ts):
 * `{hex:32}` is 32 random hex digits, `«...»` marks the secret where it is not the whole example.
 */
export interface RedactionRule {
  readonly id: string;
  /** In upper snake case, as in the token. */
  readonly kind: string;
  readonly title: string;
  readonly class: RedactionClass;
  readonly confidence: Confidence;
  /** Lower-case ASCII, matched in any case; `#` stands for a digit. */
  readonly keywords: readonly string[];
  /**
   * `pattern` must match from the keyword's start on, or, with `lead`, where `lead` ends; `lead` begins where the keyword ends.
   * Both must be linear: every repetition bounded, no nested ones. `find` instead of a pattern for what no pattern says well.
   */
  readonly match:
    | { readonly lead?: string; readonly pattern: string; readonly ignoreCase?: boolean }
    | { readonly find: Finder };
  /** The keyword may stand in the middle of a word. Default: the character before must not be a letter or digit. */
  readonly anywhere?: boolean;
  /** Only where the org's policy asks for its kind. */
  readonly optional?: true;
  readonly check?: (value: string) => boolean;
  /** Spelling under which the same value is the same value: digits of a card, an address in lower case. */
  readonly normalise?: (value: string) => string;
  readonly examples: readonly string[];
  readonly nearMisses: readonly string[];
}
