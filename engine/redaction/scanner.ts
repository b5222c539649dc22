import { isAlphanumeric, isHexDigit, isUpper, isWord } from './detect/ascii.ts';
import { assignedValueFinder } from './detect/assigned-value.ts';
import { createNameJudge, type NameJudge } from './judge-name.ts';
import { buildKeywordAutomaton } from './keyword-automaton.ts';
import { CONFIDENCE_RANK, type Finder, type Found, type RedactionClass, type RedactionRule } from './redaction-rule.ts';
import { NAME_STEMS } from './sensitive-names.ts';
import { READINGS } from './views/readings.ts';
import { BudgetSpent, MAX_HITS, type WorkBudget } from './work-budget.ts';

/** One place in a text that a rule took. Offsets are UTF-16 units of the text that was scanned. */
export interface Hit {
  start: number;
  end: number;
  readonly kind: string;
  /** `failure`: it could not be judged. `unclassified`: it may not stay whatever it is. */
  readonly class: RedactionClass | 'failure' | 'unclassified';
  readonly rank: number;
  readonly rule: string;
  /** The value in the spelling that gives it its identity. */
  readonly value: string;
  /** How the text was read when the rule hit: `plain`, `json`, a label of READINGS, an encoding. */
  readonly view: string;
  /** Within JSON: the leaf, as `.messages[0].content`; '' elsewhere. */
  path: string;
  /** What the token must be put between, because it takes the place of a JSON number: `"` or its escaped form. */
  quote: string;
  /** What stands around it has been scanned after it was replaced, and nothing more was found. */
  settled: boolean;
}

/** What a scan saw that decides whether the text is worth reading in another way. */
export interface Seen {
  /** A bit for each of READINGS. */
  readings: number;
  /** Where names stand that may tell what follows them, in order. */
  names: number[];
}

export function nothingSeen(): Seen {
  return { readings: 0, names: [] };
}

/** End of the token that begins at an offset; 0 when there is none. */
export type TokenEnd = (text: string, at: number) => number;

/**
 * A compiled rule table: one keyword automaton over the text, a rule's pattern or finder only where one of its keywords stands.
 * Holds no key and no result, so one serves all orgs; not re-entrant.
 */
export interface Scanner {
  readonly kinds: ReadonlySet<string>;
  readonly judgeName: NameJudge;
  /**
   * Appends what it finds in [from, to) to `hits`; with `focus`, only what begins at a keyword within the focus. Keywords within
   * a token are passed over: a token has nothing of its own to hide. Throws BudgetSpent.
   */
  scan(
    text: string,
    from: number,
    to: number,
    budget: WorkBudget,
    hits: Hit[],
    seen: Seen,
    tokenEnd: TokenEnd,
    focus?: Focus,
  ): void;
}

export interface Focus {
  readonly from: number;
  readonly to: number;
}

/** Steps charged for one attempt of a rule; a scanned character is one step. */
const STEPS_PER_ATTEMPT = 24;
/** Attempts are charged in lots. */
const ATTEMPTS_AT_ONCE = 1024;
/** Checking a long value costs: it is charged as so many attempts for each LONG characters of it. */
const LONG = 64;
const ATTEMPTS_FOR_LONG = 32;
/** Reported once for each run of digits of three and more. */
const DIGITS = '###';
// Actions of the automaton that call no rule.
const TOKEN = -1;
/** What follows, as many pairs as its second number says, is tried only where a number may begin. */
const NUMBERS = -2;
/** A sign of the reading with the second number. */
const READING = -3;

interface CompiledRule {
  readonly rule: Pick<RedactionRule, 'id' | 'kind' | 'class' | 'check' | 'normalise'>;
  readonly rank: number;
  readonly anywhere: boolean;
  readonly find: Finder;
}

export function compileScanner(rules: readonly RedactionRule[], extraKinds: readonly string[] = []): Scanner {
  const judgeName = createNameJudge();
  const compiled: CompiledRule[] = [...rules.map(compileRule), assignedValueRule(judgeName)];
  const { keywords, targets } = collectKeywords([...rules.map((rule) => rule.keywords), NAME_STEMS]);
  const { next, classOf, firstAccepting, outputs, outputFrom, width } = buildKeywordAutomaton(keywords, [`${DIGITS}#`]);
  const { actions, actionFrom } = flattenActions(outputs, outputFrom, keywords, targets);
  const assigned = compiled.length - 1;
  const found: Found = { start: 0, end: 0, resume: 0, kind: '', class: 'secret', scan: 0, untelling: false };
  // Offsets of all scans follow one another on one axis, so that nothing has to be cleared between short texts.
  const resumeAt = new Float64Array(compiled.length);
  let base = 0;
  let nextBase = 0;

  let checked = 0;

  const attempt = (index: number, text: string, at: number, end: number, from: number, to: number): Hit | undefined => {
    const { rule, find, rank, anywhere } = compiled[index]!;
    if (!anywhere && at > from && !opensWord(text, at, from)) return undefined;
    found.resume = 0;
    found.kind = rule.kind;
    found.class = rule.class;
    const hit = find(text, at, end, from, to, found);
    if (found.resume > 0) resumeAt[index] = base + found.resume;
    if (!hit) return undefined;
    const value = text.slice(found.start, found.end);
    checked = value.length;
    if (rule.check !== undefined && !rule.check(value)) return undefined;
    resumeAt[index] = base + found.end;
    return {
      start: found.start,
      end: found.end,
      kind: found.kind,
      class: found.class,
      rank,
      rule: rule.id,
      value: rule.normalise === undefined ? value : rule.normalise(value),
      view: 'plain',
      path: '',
      quote: '',
      settled: false,
    };
  };

  return {
    kinds: new Set([...rules.map((rule) => rule.kind), ...extraKinds]),
    judgeName,
    scan(text, from, to, budget, hits, seen, tokenEnd, focus) {
      const first = focus === undefined ? from : focus.from;
      const end = focus === undefined ? to : focus.to;
      // before anything can throw: a scan that broke off must not hide the beginning of the next text
      base = nextBase;
      nextBase += to;
      budget.spend(end - first);
      found.scan++;
      let attempts = 0;
      let state = 0;
      for (let index = first; index < end; index++) {
        const code = text.charCodeAt(index);
        state = next[state + (code < 256 ? classOf[code]! : 0)]!;
        if (state < firstAccepting) continue;
        const accepted = ((state - firstAccepting) / width) | 0;
        const last = actionFrom[accepted + 1]!;
        for (let action = actionFrom[accepted]!; action < last; action += 2) {
          const rule = actions[action]!;
          if (rule >= 0) {
            const at = index + 1 - actions[action + 1]!;
            if (base + at < resumeAt[rule]!) continue;
            attempts++;
            found.untelling = false;
            checked = 0;
            const hit = attempt(rule, text, at, index + 1, from, to);
            if (checked > LONG) attempts += ((checked / LONG) | 0) * ATTEMPTS_FOR_LONG;
            if (hit !== undefined && hits.push(hit) > MAX_HITS) throw new BudgetSpent();
            if (rule === assigned && !found.untelling) seen.names.push(at);
          } else if (rule === NUMBERS) {
            if (!opensNumber(text, index - 2, from)) action += 2 * actions[action + 1]!;
          } else if (rule === READING) seen.readings |= 1 << actions[action + 1]!;
          else if (isUpper(text.charCodeAt(index + 1))) {
            const after = tokenEnd(text, index);
            if (after === 0 || after > to) continue;
            index = after - 1;
            state = 0;
          }
        }
        if (attempts > ATTEMPTS_AT_ONCE) {
          budget.spend(attempts * STEPS_PER_ATTEMPT);
          attempts = 0;
        }
      }
      budget.spend(attempts * STEPS_PER_ATTEMPT);
    },
  };
}

/** For each accepting state, in one array: pairs of the rule to try and the length of its keyword. */
function flattenActions(
  outputs: Int32Array,
  outputFrom: Int32Array,
  keywords: readonly string[],
  targets: readonly (readonly number[])[],
): { actions: Int32Array; actionFrom: Int32Array } {
  const actions: number[] = [];
  const actionFrom = new Int32Array(outputFrom.length);
  for (let state = 0; state + 1 < outputFrom.length; state++) {
    for (const keyword of outputs.subarray(outputFrom[state], outputFrom[state + 1])) {
      const called = targets[keyword]!;
      if (keywords[keyword] === DIGITS && called.length > 0) actions.push(NUMBERS, called.length);
      for (const rule of called) {
        if (rule <= READING) actions.push(READING, READING - rule);
        else actions.push(rule, keywords[keyword]!.length);
      }
    }
    actionFrom[state + 1] = actions.length;
  }
  return { actions: Int32Array.from(actions), actionFrom };
}

/** Keywords without repetition and, for each, the indexes of the rules it calls. */
function collectKeywords(lists: readonly (readonly string[])[]): { keywords: string[]; targets: number[][] } {
  const byKeyword = new Map<string, number[]>([['[', [TOKEN]]]);
  READINGS.forEach(({ signs }, reading) => {
    for (const sign of signs) byKeyword.set(sign.replace(/\d/g, '#'), [READING - reading]);
  });
  lists.forEach((list, rule) => {
    for (const keyword of new Set(list.map((word) => word.replace(/\d/g, '#')))) {
      const targets = byKeyword.get(keyword);
      if (targets === undefined) byKeyword.set(keyword, [rule]);
      else targets.push(rule);
    }
  });
  return { keywords: [...byKeyword.keys()], targets: [...byKeyword.values()] };
}

function compileRule(rule: RedactionRule): CompiledRule {
  const { match } = rule;
  const find = 'find' in match ? match.find : patternFinder(match.pattern, match.lead, match.ignoreCase ?? false);
  return { rule, rank: CONFIDENCE_RANK[rule.confidence], anywhere: rule.anywhere ?? false, find };
}

/** Not in the table: its kinds are the rows of sensitive-names.ts. */
function assignedValueRule(judgeName: NameJudge): CompiledRule {
  return {
    rule: {
      id: 'assigned-value',
      kind: 'SECRET',
      class: 'secret',
      normalise: (value) => value.replace(/[.,;:]+$/, ''),
    },
    rank: CONFIDENCE_RANK.name,
    anywhere: true,
    find: assignedValueFinder(judgeName),
  };
}

function patternFinder(pattern: string, lead: string | undefined, ignoreCase: boolean): Finder {
  const flags = ignoreCase ? 'iy' : 'y';
  const value = new RegExp(pattern, flags);
  const before = lead === undefined ? undefined : new RegExp(`(?:${lead})(?=(?:${pattern}))`, flags);
  return (text, at, end, _from, to, found) => {
    let start = at;
    if (before !== undefined) {
      before.lastIndex = end;
      if (!before.test(text)) return false;
      start = before.lastIndex;
    }
    value.lastIndex = start;
    if (!value.test(text)) return false;
    found.start = start;
    found.end = value.lastIndex;
    if (found.end <= to) return true;
    // ran over the end of the range: once more on the range alone
    value.lastIndex = start;
    const fits = start < to && value.test(text.slice(0, to));
    found.end = value.lastIndex;
    return fits;
  };
}

/** The character before is no letter or digit, or is the last of an escape: \n, \t, %3D. */
function opensWord(text: string, at: number, from: number): boolean {
  const before = text.charCodeAt(at - 1);
  if (!isAlphanumeric(before)) return true;
  if (at - 2 < from) return false;
  if (text.charCodeAt(at - 2) === 92) return before === 110 || before === 114 || before === 116;
  return at - 3 >= from && text.charCodeAt(at - 3) === 37 && isHexDigit(before) && isHexDigit(text.charCodeAt(at - 2));
}

/**
 * A run of digits that begins at `at` may be a number: not inside a word, an escape (%) or a variable ($), nor after a sign or in a
 * decimal or an id, but for the prefix 1 of a telephone number (1-800, 1.800).
 */
function opensNumber(text: string, at: number, from: number): boolean {
  if (at <= from) return true;
  const before = text.charCodeAt(at - 1);
  if (before === 45 || before === 46) return at - 2 >= from && text.charCodeAt(at - 2) === 49;
  return !isWord(before) && before !== 37 && before !== 36 && before !== 43;
}
