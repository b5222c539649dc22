import type { RedactionFinding } from '../core/redacted-span.ts';
import { createBoundedCache } from './bounded-cache.ts';
import { type AttributeClassifier, createAttributeClassifier } from './classify-attribute.ts';
import { createHitCollector } from './collect-hits.ts';
import {
  createReferenceHasher,
  createReferenceMemo,
  type ReferenceHasher,
  type ReferenceMemo,
} from './content-references.ts';
import { type HitMemo, NO_READINGS } from './hit-collector.ts';
import { collectLiterals } from './literal-hits.ts';
import { mergeHits, type Replacement } from './merge-hits.ts';
import { createProvenanceReader, type ProvenanceReader } from './provenance/span-provenance.ts';
import { actionOn, BUILT_IN_RULES, type RedactionPolicy, rulesOf } from './redaction-policy.ts';
import { UNJUDGED } from './redaction-rule.ts';
import { createTokenMint, type TokenMint } from './redaction-token.ts';
import { compileScanner, type Focus, type Hit, type Scanner } from './scanner.ts';
import { SENSITIVE_NAMES, type SensitiveName } from './sensitive-names.ts';
import { opensJson } from './views/json-walk.ts';
import { BudgetSpent, createWorkBudget, MAX_HITS, type WorkBudget } from './work-budget.ts';

/** One value that was replaced. Offsets are UTF-16 units of the text as it came. */
export interface TextFinding extends RedactionFinding {
  /** How the text was read when it hit: plain, json, escapes, percent, base64, hex. */
  readonly view: string;
}

/** A range of the source and what stands in its place. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface RedactedText {
  readonly text: string;
  /** In the order of the text; none overlap. */
  readonly edits: readonly Edit[];
  /** `path` is the leaf within JSON text (`.messages[0].content`), '' elsewhere. */
  readonly findings: readonly TextFinding[];
}

export interface TextContext {
  /** The attribute or JSON key that the text stands under. */
  readonly key?: string;
  /** Shared by the texts of one span; one of its own, in proportion to the text, when left out. */
  readonly budget?: WorkBudget;
  /** Values that may not stay wherever they stand. */
  readonly literals?: readonly string[];
  /** What was found in the texts of one span, by text: the same text is looked through once. */
  readonly memo?: HitMemo;
}

export interface Redactor {
  readonly mint: TokenMint;
  readonly policy: RedactionPolicy;
  /** Which attribute keys may keep their text: the built-in classes and the policy's. */
  readonly classify: AttributeClassifier;
  /** Hashes the tokens of content references, under a key of its own. */
  readonly hashReference: ReferenceHasher;
  /** What `contentReferences` remembers of texts. */
  readonly referenceMemo: ReferenceMemo;
  /** Reads who asks for what, for rules that follow instructions to calls. */
  readonly readProvenance: ProvenanceReader;
  /** What a key's name says about a value, for values that are no text. */
  readonly judgeName: (name: string) => SensitiveName | undefined;
  /** Replaces every secret and every piece of personal data. Never throws on any text; redacting twice changes nothing more. */
  redactText(text: string, context?: TextContext): RedactedText;
  /** Replaces a text as a whole, e.g. with kind UNCLASSIFIED. */
  replaceWhole(text: string, kind: string, of: RedactionFinding['class']): RedactedText;
}

export const UNCLASSIFIED = 'UNCLASSIFIED';
const EXTRA_KINDS: readonly string[] = [UNJUDGED, UNCLASSIFIED, ...SENSITIVE_NAMES.map((name) => name.kind)];

const DEFAULT_SUFFIX_LENGTH = 4;
const MAX_LENGTH = 4 * 1024 * 1024;
/** Several times what any real text was seen to cost (5 a character), and what keeps the worst of a megabyte within bounds. */
const STEPS_PER_CHARACTER = 24;
const STEPS_AT_LEAST = 1 << 18;
/** Scans of the redacted text that may still find something before the text is given up and replaced whole. */
const MAX_ROUNDS = 4;
/** What stands this near to a token is scanned again: no rule that starts at a keyword looks further back. */
const REACH = 96;
const SHORT = 64;
const SHORT_REMEMBERED = 8192;
const MAX_PATH = 256;
const PATHS_REMEMBERED = 1024;

/** A scanner for the built-in rules. Costs some milliseconds; share it between redactors. */
export function compileBuiltInScanner(): Scanner {
  return compileScanner(BUILT_IN_RULES, EXTRA_KINDS);
}

export interface RedactorOptions {
  /** The org's key, 32 bytes or more. */
  readonly key: Uint8Array;
  /** Keys of before, while values allowed under them are still known. */
  readonly formerKeys?: readonly Uint8Array[];
  readonly policy?: RedactionPolicy;
  /** The built-in one, shared; not used where the policy changes the rules. */
  readonly scanner?: Scanner;
}

/** Throws RangeError for a policy that is not valid. */
export function createRedactor({ key, formerKeys = [], policy = {}, scanner: shared }: RedactorOptions): Redactor {
  const rules = rulesOf(policy);
  const scanner = rules === BUILT_IN_RULES ? (shared ?? compileBuiltInScanner()) : compileScanner(rules, EXTRA_KINDS);
  const maxLength = policy.maxLength ?? MAX_LENGTH;
  const suffixes = [policy.suffixLength ?? DEFAULT_SUFFIX_LENGTH, ...(policy.formerSuffixLengths ?? [])];
  const mint = createTokenMint(key, scanner.kinds, suffixes);
  const formerMints = formerKeys.map((former) => createTokenMint(former, scanner.kinds, suffixes));
  const allowed = new Set(policy.allowed);
  const kept = (hit: Hit): boolean => policy.actions !== undefined && actionOn(policy, hit.kind, hit.class) === 'keep';
  const isAllowed = (hit: Hit): boolean =>
    [mint, ...formerMints].some((one) => allowed.has(one.fingerprint(hit.value)));
  const decides = policy.actions !== undefined || allowed.size > 0;
  const dropped = (hit: Hit): boolean => decides && actionOn(policy, hit.kind, hit.class) === 'drop';
  const wanted = (text: string, hits: Hit[]): Hit[] => {
    const left = withoutTokens(text, hits, mint);
    const asked = decides ? left.filter((hit) => !kept(hit)) : left;
    return allowed.size > 0 ? outside(asked, asked.filter(isAllowed)) : asked;
  };
  const hashReference = createReferenceHasher(key);
  const collector = createHitCollector(scanner, mint.tokenEnd);
  const paths = createBoundedCache<string, string>(PATHS_REMEMBERED);
  const cleanShort = createBoundedCache<string, RedactedText>(SHORT_REMEMBERED);

  const replaceWhole = (text: string, kind: string, of: RedactionFinding['class']): RedactedText => {
    const fingerprint = mint.fingerprint(text);
    const token = mint.token(kind, text);
    return {
      text: token,
      edits: [{ start: 0, end: text.length, text: token }],
      findings: [
        { class: of, kind, rule: kind.toLowerCase(), view: 'plain', path: '', start: 0, end: text.length, fingerprint },
      ],
    };
  };

  const tokenOf = (hit: Hit): string => (dropped(hit) ? mint.blank(hit.kind) : mint.token(hit.kind, hit.value));
  const fingerprintOf = (hit: Hit): string => (dropped(hit) ? '' : mint.fingerprint(hit.value));

  const redact = (
    text: string,
    name: SensitiveName | undefined,
    budget: WorkBudget,
    shared: HitMemo | undefined,
    literals?: readonly string[],
  ): RedactedText => {
    const collection = { depth: NO_READINGS, budget, memo: shared ?? new Map() };
    const hits = wanted(text, collector.text(text, name, collection));
    if (literals !== undefined) collectLiterals(text, literals, UNCLASSIFIED, budget, hits);
    const remember = (known: string, found: readonly Hit[]): void => {
      if (name === undefined && known.length > SHORT) shared?.set(known, { hits: found, depth: NO_READINGS });
    };
    if (hits.length === 0) {
      remember(text, hits);
      return { text, edits: [], findings: [] };
    }
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (hits.length > MAX_HITS) break;
      const replacements = mergeHits(hits);
      const edited = applyReplacements(text, replacements, tokenOf);
      const more: Hit[] = [];
      const settled = replacements.every((one) => one.settled);
      if (opensJson(text) && !settled) more.push(...collector.text(edited.text, name, collection));
      else if (!settled) collector.again(edited.text, edited.unsettled(REACH), collection, more);
      const left = wanted(edited.text, more);
      if (left.length === 0) {
        if (shared !== undefined) {
          for (const hit of hits) hit.settled = true;
          remember(text, hits);
          remember(edited.text, []);
        }
        return {
          text: edited.text,
          edits: edited.edits,
          findings: findingsOf(replacements, fingerprintOf),
        };
      }
      for (const hit of left) {
        const start = edited.sourceOffset(hit.start, 'start');
        const end = edited.sourceOffset(hit.end, 'end');
        hits.push({ ...hit, start, end, quote: '' });
      }
    }
    throw new BudgetSpent();
  };

  /** A path is made of keys, and a key may hold anything. */
  const redactPath = (path: string, budget: WorkBudget): string => {
    const known = paths.get(path);
    if (known !== undefined) return known;
    const redacted = redact(path, undefined, budget, undefined).text.slice(0, MAX_PATH);
    if (path.length <= MAX_PATH) paths.set(path, redacted);
    return redacted;
  };

  const redactPaths = (result: RedactedText, budget: WorkBudget): RedactedText => {
    if (result.findings.every((finding) => finding.path === '')) return result;
    const findings = result.findings.map((finding) => ({ ...finding, path: redactPath(finding.path, budget) }));
    return { ...result, findings };
  };

  return {
    mint,
    policy,
    classify: createAttributeClassifier(policy),
    hashReference,
    referenceMemo: createReferenceMemo(),
    readProvenance: createProvenanceReader(hashReference),
    judgeName: scanner.judgeName,
    replaceWhole,
    redactText(text, context = {}) {
      const short = text.length <= SHORT && context.key === undefined && context.literals === undefined;
      if (short) {
        const known = cleanShort.get(text);
        if (known !== undefined) return known;
      }
      if (text.length > maxLength) return replaceWhole(text, UNJUDGED, 'failure');
      const budget = context.budget ?? createWorkBudget(STEPS_AT_LEAST + STEPS_PER_CHARACTER * text.length);
      try {
        const name = context.key === undefined ? undefined : scanner.judgeName(context.key);
        const result = redactPaths(redact(text, name, budget, context.memo, context.literals), budget);
        if (short && result.findings.length === 0) cleanShort.set(text, result);
        return result;
      } catch {
        // a rule that throws must not let the text through
        return replaceWhole(text, UNJUDGED, 'failure');
      }
    },
  };
}

/** Without the hits that are nothing but tokens of an earlier pass: a password's place that holds one. */
function withoutTokens(text: string, hits: Hit[], mint: TokenMint): Hit[] {
  return hits.filter(
    (hit) => text.charCodeAt(hit.start) !== BRACKET || !consistsOfTokens(text, hit.start, hit.end, mint),
  );
}

/** Without the hits that lie within one of `ranges`: what may stay may stay with all that is in it. */
function outside(hits: Hit[], ranges: readonly Hit[]): Hit[] {
  if (ranges.length === 0) return hits;
  const starts = ranges.toSorted((a, b) => a.start - b.start);
  const left: Hit[] = [];
  let next = 0;
  let end = -1;
  for (const hit of hits.toSorted((a, b) => a.start - b.start)) {
    for (; next < starts.length && starts[next]!.start <= hit.start; next++) end = Math.max(end, starts[next]!.end);
    if (hit.end > end) left.push(hit);
  }
  return left;
}

const BRACKET = 91;

function consistsOfTokens(text: string, start: number, end: number, mint: TokenMint): boolean {
  let at = start;
  while (at < end) {
    const tokenEnd = mint.tokenEnd(text, at);
    if (at === start && tokenEnd === 0) return false;
    if (tokenEnd > 0) at = tokenEnd;
    else if (/[\s,;|"']/.test(text[at]!)) at++;
    else return false;
  }
  return true;
}

interface EditedText {
  readonly text: string;
  readonly edits: readonly Edit[];
  /** Ranges of the edited text within `reach` of a token that is not settled, merged. */
  unsettled(reach: number): Focus[];
  /** Where a place in the edited text was in the source; inside a token, the start or the end of what it replaced. */
  sourceOffset(offset: number, side: 'start' | 'end'): number;
}

function applyReplacements(
  text: string,
  replacements: readonly Replacement[],
  tokenOf: (hit: Hit) => string,
): EditedText {
  const tokens: { start: number; end: number; source: Replacement }[] = [];
  const edits: Edit[] = [];
  let edited = '';
  let copied = 0;
  for (const replacement of replacements) {
    edited += text.slice(copied, replacement.start);
    const start = edited.length;
    const { quote } = replacement.named;
    const token = quote + tokenOf(replacement.named) + quote;
    edited += token;
    edits.push({ start: replacement.start, end: replacement.end, text: token });
    tokens.push({ start, end: edited.length, source: replacement });
    copied = replacement.end;
  }
  edited += text.slice(copied);
  return {
    text: edited,
    edits,
    unsettled(reach) {
      const ranges: { from: number; to: number }[] = [];
      for (const { start, end, source } of tokens) {
        if (source.settled) continue;
        const from = Math.max(0, start - reach);
        const to = Math.min(edited.length, end + reach);
        const last = ranges[ranges.length - 1];
        if (last !== undefined && from <= last.to) last.to = to;
        else ranges.push({ from, to });
      }
      return ranges;
    },
    sourceOffset(offset, side) {
      let shift = 0;
      for (const { start, end, source } of tokens) {
        if (side === 'start' ? offset < start : offset <= start) break;
        if (side === 'start' ? offset < end : offset <= end) return side === 'start' ? source.start : source.end;
        shift = source.end - end;
      }
      return offset + shift;
    },
  };
}

function findingsOf(replacements: readonly Replacement[], fingerprintOf: (hit: Hit) => string): TextFinding[] {
  const findings: TextFinding[] = [];
  for (const { start, end, named, others } of replacements) {
    findings.push(findingOf(named, start, end, fingerprintOf));
    for (const hit of others) findings.push(findingOf(hit, start, end, fingerprintOf));
  }
  return findings;
}

function findingOf(hit: Hit, start: number, end: number, fingerprintOf: (hit: Hit) => string): TextFinding {
  return {
    class: hit.class,
    kind: hit.kind,
    rule: hit.rule,
    view: hit.view,
    path: hit.path,
    start,
    end,
    fingerprint: fingerprintOf(hit),
  };
}
