import type { AttributeClasses } from './attribute-classes.ts';
import { checkLinear } from './check-linear.ts';
import type { RedactionClass, RedactionRule } from './redaction-rule.ts';
import { RULE_TABLE } from './rule-table.ts';

/** `keep`: the value stays. `token`: a token that can be followed. `drop`: a token that says its kind and nothing more. */
export type RedactionAction = 'keep' | 'token' | 'drop';

/** What an org decides about its redaction; what is left out is as built in. */
export interface RedactionPolicy extends Partial<AttributeClasses> {
  /** Characters of a token's suffix: 4 to 24. */
  readonly suffixLength?: number;
  /** Lengths of before, whose tokens are still known as tokens. */
  readonly formerSuffixLengths?: readonly number[];
  /** UTF-16 units; a longer text is replaced whole. */
  readonly maxLength?: number;
  /** By kind (EMAIL, IP_ADDRESS), or `pii` and `secret` for the rest of a class. Secrets are never kept. */
  readonly actions?: Readonly<Record<string, RedactionAction>>;
  readonly ownKinds?: readonly OwnKind[];
  /** Fingerprints of values that may stay: a published test key, the address of a help desk. */
  readonly allowed?: readonly string[];
  /** By the name of a tool: the arguments whose values stay (redacted as any text); the others become tokens everywhere in the span. */
  readonly tools?: Readonly<Record<string, readonly string[]>>;
}

/** A kind of the org's own. */
export interface OwnKind {
  readonly kind: string;
  readonly class: RedactionClass;
  /** Lower-case ASCII of three characters at least; the pattern begins where one of them does. */
  readonly keywords: readonly string[];
  /** See check-linear.ts for what it may say. */
  readonly pattern: string;
}

const KIND = /^[A-Z][A-Z0-9_]{1,39}$/;
const KEYWORD = /^[\x21-\x40\x5b-\x7e](?:[\x20-\x40\x5b-\x7e]{1,38}[\x21-\x40\x5b-\x7e])$/;

/** What is done with a kind. Values that nothing says anything about become tokens, optional kinds stay. */
export function actionOn(policy: RedactionPolicy, kind: string, of: string, optional = false): RedactionAction {
  const said = policy.actions?.[kind] ?? (optional ? undefined : policy.actions?.[of]) ?? (optional ? 'keep' : 'token');
  return said === 'keep' && of !== 'pii' ? 'token' : said;
}

/** The rules that an org's scanner has; the built-in ones themselves when the policy changes none. */
export function rulesOf(policy: RedactionPolicy): readonly RedactionRule[] {
  const own = (policy.ownKinds ?? []).map(ruleOf);
  if (own.length === 0 && policy.actions === undefined) return BUILT_IN_RULES;
  const wanted = ({ kind, class: of, optional }: RedactionRule) => actionOn(policy, kind, of, optional) !== 'keep';
  return [...RULE_TABLE.filter(wanted), ...own];
}

export const BUILT_IN_RULES: readonly RedactionRule[] = RULE_TABLE.filter((rule) => rule.optional !== true);

/** What is wrong with an org's own kind, in one line; undefined when nothing is. */
export function problemOf({ kind, keywords, pattern }: OwnKind): string | undefined {
  if (!KIND.test(kind)) return `${kind}: a kind is written in capitals, digits and _, 2 to 40 of them`;
  if (RULE_TABLE.some((rule) => rule.kind === kind)) return `${kind} is built in`;
  const bad = keywords.find((keyword) => !KEYWORD.test(keyword));
  if (bad !== undefined) return `${kind}: a keyword has 3 to 40 characters of ASCII and no capitals`;
  if (keywords.length === 0) return `${kind}: there is no keyword`;
  const problem = checkLinear(pattern);
  return problem === undefined ? undefined : `${kind}: ${problem}`;
}

function ruleOf(own: OwnKind): RedactionRule {
  const problem = problemOf(own);
  if (problem !== undefined) throw new RangeError(problem);
  return {
    id: `own-${own.kind.toLowerCase().replaceAll('_', '-')}`,
    kind: own.kind,
    title: own.kind,
    class: own.class,
    confidence: 'format',
    keywords: own.keywords,
    match: { pattern: own.pattern },
    anywhere: true,
    examples: [],
    nearMisses: [],
  };
}
