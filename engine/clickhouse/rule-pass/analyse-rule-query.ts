import { OTEL_TRACES_COLUMNS } from '../tables/otel-traces.ts';
import { type SqlToken, sqlText, sqlTokens } from './sql-tokens.ts';

/**
 * What can be known of a rule's query without running it. Everything here errs towards less: a query that is not understood has
 * no trigger and is not shareable, and then simply runs by itself.
 */
export interface RuleQueryAnalysis {
  /**
   * A condition on one span: unless a span of the window meets it, the query's scans of the window are empty, which is the same
   * to the query as a window without spans. Undefined when any span may matter. May hold the query's parameters.
   */
  readonly trigger: string | undefined;
  /**
   * Columns the query reads when it only ever reads spans of the window and of sessions with spans in the window: it then finds
   * the same in a table that holds nothing else. Undefined when it reads more.
   */
  readonly sharedColumns: readonly string[] | undefined;
}

const COLUMNS = new Set(OTEL_TRACES_COLUMNS);
const SPANS = 'otel_traces';

const KEYWORDS = new Set(
  'SELECT DISTINCT FROM FINAL WHERE PREWHERE AND OR NOT IN LIKE ILIKE BETWEEN IS NULL AS ON USING JOIN INNER CROSS LEFT RIGHT FULL ANTI SEMI ANY ALL GROUP ORDER BY HAVING LIMIT OFFSET UNION EXCEPT INTERSECT WITH ARRAY ASC DESC INTERVAL SECOND MINUTE HOUR DAY WEEK MONTH YEAR CASE WHEN THEN ELSE END TRUE FALSE SETTINGS WINDOW OVER PARTITION QUALIFY EXISTS GLOBAL REPLACE'.split(
    ' ',
  ),
);
const ENDS_WHERE = new Set([
  'GROUP',
  'ORDER',
  'HAVING',
  'LIMIT',
  'UNION',
  'SETTINGS',
  'WINDOW',
  'QUALIFY',
  'EXCEPT',
  'INTERSECT',
]);
/** With one of these an empty scan can make a result appear, so there is no telling from the window that nothing will be found. */
const ABSENCE = new Set([
  'LEFT',
  'RIGHT',
  'FULL',
  'ANTI',
  'EXCEPT',
  'EXISTS',
  'UNION',
  'INTERSECT',
  'QUALIFY',
  'WINDOW',
  'OVER',
]);
const AGGREGATE =
  /^(count|sum|avg|min|max|any|arg|group|uniq|quantile|top|std|var|median|first|last|sequence|window|retention|entropy)/i;
const READS_TABLES =
  /^(merge|file|url|remote|remoteSecure|s3|numbers|cluster|clusterAllReplicas|view|joinGet|dictGet\w*|dictHas|values|input|generateRandom)$/i;

interface Scan {
  /** Conditions that all hold of every row; undefined when that can't be told. */
  readonly conditions: readonly (readonly SqlToken[])[] | undefined;
  readonly aggregates: boolean;
}

export function analyseRuleQuery(sql: string): RuleQueryAnalysis {
  const tokens = sqlTokens(sql);
  const scans = tokens.flatMap((token, i) => (token.text === SPANS ? [scanAt(tokens, i)] : []));
  const aliases = aliasesOf(tokens);
  return {
    trigger: triggerOf(tokens, scans, aliases),
    sharedColumns: isShareable(tokens, scans, aliases) ? columnsOf(tokens) : undefined,
  };
}

/** Whether a condition depends on nothing but columns of one span, bound values and functions of them. */
export function isTrigger(condition: string): boolean {
  const tokens = sqlTokens(condition);
  return tokens.length > 0 && isOfOneSpan(tokens, new Set());
}

/** The same query over another table of spans that needs no FINAL, each parameter but from and to under a prefix. */
export function overSharedSpans(sql: string, table: string, prefix: string): string {
  const tokens = sqlTokens(sql).map((token) => ({ ...token, text: withPrefix(token, prefix) }));
  return sqlText(
    tokens
      .filter((token, i) => !(upper(token) === 'FINAL' && tokens[i - 1]?.text === SPANS))
      .map((token) => (token.text === SPANS ? { ...token, text: table } : token)),
  );
}

/** A condition with its parameters under a prefix. */
export function withParameterPrefix(sql: string, prefix: string): string {
  return sqlText(sqlTokens(sql).map((token) => ({ ...token, text: withPrefix(token, prefix) })));
}

function withPrefix(token: SqlToken, prefix: string): string {
  if (token.kind !== 'parameter') return token.text;
  return token.text.replace(/^\{\s*(\w+)/, (all, name) =>
    name === 'from' || name === 'to' ? all : `{${prefix}${name}`,
  );
}

function upper(token: SqlToken | undefined): string {
  return token?.kind === 'word' ? token.text.toUpperCase() : (token?.text ?? '');
}

function isKeyword(token: SqlToken | undefined): boolean {
  return token?.kind === 'word' && KEYWORDS.has(token.text.toUpperCase());
}

/** The scan whose table stands at `i`. */
function scanAt(tokens: readonly SqlToken[], i: number): Scan {
  const { depth } = tokens[i]!;
  const unknown: Scan = { conditions: undefined, aggregates: true };
  if (upper(tokens[i - 1]) !== 'FROM') return unknown;
  let at = i + 1;
  if (upper(tokens[at]) === 'FINAL') at += 1;
  if (!['WHERE', 'PREWHERE'].includes(upper(tokens[at]))) return unknown;
  const start = at + 1;
  at = start;
  while (at < tokens.length && tokens[at]!.depth >= depth && !(tokens[at]!.depth === depth && endsWhere(tokens[at]!)))
    at += 1;
  const where = tokens.slice(start, at);
  const level = where.filter((token) => token.depth === depth).map(upper);
  // An OR or the AND of a BETWEEN on this level: the pieces between ANDs are not conditions of their own.
  if (['OR', 'BETWEEN', 'CASE', '->', '?', 'WHERE', 'PREWHERE', ','].some((word) => level.includes(word)))
    return unknown;
  return {
    conditions: splitAtAnd(where, depth),
    aggregates: upper(tokens[at]) !== 'GROUP' && selectsAggregate(tokens, i - 1, depth),
  };
}

function endsWhere(token: SqlToken): boolean {
  return token.text === ';' || ENDS_WHERE.has(upper(token));
}

function splitAtAnd(where: readonly SqlToken[], depth: number): SqlToken[][] {
  const parts: SqlToken[][] = [[]];
  for (const token of where) {
    if (token.depth === depth && upper(token) === 'AND') parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}

/** Whether the select list in front of FROM at `from` calls what may be an aggregate function: it has a row even of nothing. */
function selectsAggregate(tokens: readonly SqlToken[], from: number, depth: number): boolean {
  for (let i = from - 1; i >= 0; i--) {
    const token = tokens[i]!;
    if (token.depth === depth && upper(token) === 'SELECT') return false;
    if (token.kind === 'word' && tokens[i + 1]?.text === '(' && AGGREGATE.test(token.text)) return true;
  }
  return true;
}

/** Names that the query itself gives to something, so that they may not mean the column of that name. */
function aliasesOf(tokens: readonly SqlToken[]): ReadonlySet<string> {
  const names = new Set<string>();
  tokens.forEach((token, i) => {
    const before = tokens[i - 1];
    if (token.kind !== 'word' && token.kind !== 'quoted') return;
    const operand =
      before !== undefined &&
      !isKeyword(before) &&
      (['word', 'quoted', 'string', 'number', 'parameter'].includes(before.kind) ||
        before.text === ')' ||
        before.text === ']');
    if (upper(before) === 'AS' || (operand && !isKeyword(token)) || tokens[i + 1]?.text === '->') {
      names.add(token.kind === 'quoted' ? token.text.slice(1, -1) : token.text);
    }
    // (a, b) -> ... names several.
    if (tokens[i + 1]?.text === ',' || (tokens[i + 1]?.text === ')' && tokens[i + 2]?.text === '->')) {
      let end = i + 1;
      while (tokens[end]?.text === ',' || tokens[end]?.kind === 'word') end += 1;
      if (tokens[end]?.text === ')' && tokens[end + 1]?.text === '->') names.add(token.text);
    }
  });
  return names;
}

function isWindowStart(condition: readonly SqlToken[]): boolean {
  return /^IngestedAt >= \{\s*from\s*:\s*DateTime64\(6\)\s*\}$/.test(sqlText(condition));
}

function isWindowEnd(condition: readonly SqlToken[]): boolean {
  return /^IngestedAt < \{\s*to\s*:\s*DateTime64\(6\)\s*\}$/.test(sqlText(condition));
}

function triggerOf(
  tokens: readonly SqlToken[],
  scans: readonly Scan[],
  aliases: ReadonlySet<string>,
): string | undefined {
  // {from} less some time only bounds how far back history is read.
  const starts = tokens.filter((token, i) => /^\{\s*from\s*:/.test(token.text) && tokens[i + 1]?.text !== '-').length;
  const windowed = scans.filter(
    (scan) => scan.conditions?.some(isWindowStart) && scan.conditions.some(isWindowEnd) && !scan.aggregates,
  );
  if (starts === 0 || windowed.length !== starts || aliases.has('IngestedAt')) return undefined;
  if (mayFindInNothing(tokens)) return undefined;
  const each = windowed.map(({ conditions }) => {
    const kept = conditions!.filter((condition) => isOfOneSpan(condition, aliases));
    return kept.map((condition) => `(${sqlText(condition)})`).join(' AND ');
  });
  return each.includes('') ? undefined : [...new Set(each)].join(' OR ');
}

/** Whether the query could find something although its scans of the window are empty. */
function mayFindInNothing(tokens: readonly SqlToken[]): boolean {
  return tokens.some((token, i) => {
    const next = upper(tokens[i + 1]);
    if (ABSENCE.has(upper(token))) return next !== 'ARRAY';
    if (upper(token) === 'NOT') return next === 'IN';
    if (upper(token) === 'IN') return isAlternative(tokens, i);
    return upper(token) === 'SELECT' && aggregatesWithoutGroups(tokens, i);
  });
}

/** Whether the condition around an IN has an OR, so that it can hold though nothing is in the set. */
function isAlternative(tokens: readonly SqlToken[], at: number): boolean {
  const { depth } = tokens[at]!;
  const within = (i: number) => i >= 0 && i < tokens.length && tokens[i]!.depth >= depth;
  const isOr = (i: number) => tokens[i]!.depth === depth && upper(tokens[i]) === 'OR';
  // Sets of values, not of rows that were found.
  const set = tokens[at + 1];
  if (set?.kind === 'parameter' || (set?.text === '(' && upper(tokens[at + 2]) !== 'SELECT')) return false;
  for (let i = at; within(i); i--) if (isOr(i)) return true;
  for (let i = at; within(i); i++) if (isOr(i)) return true;
  return false;
}

/** Whether a SELECT has a row even of nothing. */
function aggregatesWithoutGroups(tokens: readonly SqlToken[], select: number): boolean {
  const { depth } = tokens[select]!;
  let aggregates = false;
  let from = false;
  for (let i = select + 1; i < tokens.length && tokens[i]!.depth >= depth; i++) {
    const token = tokens[i]!;
    if (token.depth === depth && ['SELECT', 'UNION'].includes(upper(token))) break;
    if (token.depth === depth && upper(token) === 'GROUP') return false;
    from ||= token.depth === depth && upper(token) === 'FROM';
    aggregates ||= !from && token.kind === 'word' && tokens[i + 1]?.text === '(' && AGGREGATE.test(token.text);
  }
  return aggregates;
}

/** Whether a condition depends on nothing but columns of the span and bound values. */
function isOfOneSpan(condition: readonly SqlToken[], aliases: ReadonlySet<string>): boolean {
  if (isWindowStart(condition) || isWindowEnd(condition)) return false;
  return condition.every((token, i) => {
    if (token.kind === 'quoted') return false;
    if (token.kind !== 'word') return true;
    if (condition[i + 1]?.text === '(' && !isKeyword(token))
      return !READS_TABLES.test(token.text) && !AGGREGATE.test(token.text);
    if (isKeyword(token)) return !['SELECT', 'OVER', 'EXISTS', 'AS'].includes(upper(token));
    const nested = condition[i + 1]?.text === '.' ? `${token.text}.${condition[i + 2]?.text}` : token.text;
    const whole = condition[i - 1]?.text === '.' ? `${condition[i - 2]?.text}.${token.text}` : nested;
    return COLUMNS.has(whole) && !aliases.has(token.text);
  });
}

function isShareable(tokens: readonly SqlToken[], scans: readonly Scan[], aliases: ReadonlySet<string>): boolean {
  if (scans.length === 0 || aliases.has('SessionId') || aliases.has('IngestedAt') || aliases.has(SPANS)) return false;
  const subqueries = new Map<string, number>();
  tokens.forEach((token, i) => {
    if (
      token.kind === 'word' &&
      upper(tokens[i + 1]) === 'AS' &&
      tokens[i + 2]?.text === '(' &&
      upper(tokens[i + 3]) === 'SELECT'
    )
      subqueries.set(token.text, i + 3);
  });
  const others = tokens.some((token, i) => {
    if (token.text === '*') return ['SELECT', 'DISTINCT', ',', '.'].includes(upper(tokens[i - 1]));
    if (token.kind === 'word' && READS_TABLES.test(token.text) && tokens[i + 1]?.text === '(') return true;
    if (upper(token) === 'ARRAY' || upper(tokens[i - 1]) === 'ARRAY') return false;
    const reads = upper(token) === 'FROM' || upper(token) === 'JOIN';
    const next = tokens[i + 1];
    if (upper(token) === 'IN' && next?.kind === 'word' && next.text !== 'tuple')
      return !subqueries.has(next.text) && next.text !== SPANS;
    return reads && next?.text !== '(' && next?.text !== SPANS && !subqueries.has(next?.text ?? '');
  });
  if (others) return false;
  return scans.every(
    ({ conditions }) =>
      conditions !== undefined &&
      ((conditions.some(isWindowStart) && conditions.some(isWindowEnd)) ||
        (conditions.some(isWindowEnd) && conditions.some((condition) => isSessionKey(condition, tokens, subqueries)))),
  );
}

/** `SessionId IN x` where x selects session ids: all scans being of touched sessions, they are of touched sessions. */
function isSessionKey(
  condition: readonly SqlToken[],
  tokens: readonly SqlToken[],
  subqueries: ReadonlyMap<string, number>,
): boolean {
  if (condition[0]?.text !== 'SessionId' || upper(condition[1]) !== 'IN') return false;
  const named = subqueries.get(condition[2]?.text ?? '');
  if (named !== undefined) return condition.length === 3 && selectsSessionId(tokens, named);
  return condition[2]?.text === '(' && condition.at(-1)?.text === ')' && selectsSessionId(condition, 3);
}

function selectsSessionId(tokens: readonly SqlToken[], select: number): boolean {
  if (upper(tokens[select]) !== 'SELECT') return false;
  const at = upper(tokens[select + 1]) === 'DISTINCT' ? select + 2 : select + 1;
  return tokens[at]?.text === 'SessionId' && upper(tokens[at + 1]) === 'FROM';
}

/** Columns of the spans table that the query may read: every one whose name stands in it. */
function columnsOf(tokens: readonly SqlToken[]): string[] {
  const names = new Set(['SessionId', 'IngestedAt', 'TraceId', 'SpanId', 'Timestamp']);
  tokens.forEach((token, i) => {
    const name = token.kind === 'quoted' ? token.text.slice(1, -1) : token.text;
    const nested = `${tokens[i - 2]?.text}.${name}`;
    if (COLUMNS.has(name)) names.add(name);
    if (tokens[i - 1]?.text === '.' && COLUMNS.has(nested)) names.add(nested);
  });
  // Nested columns that are named as a whole, as in ARRAY JOIN Redactions.
  for (const column of COLUMNS) {
    const [group, part] = column.split('.');
    if (part !== undefined && tokens.some((token) => token.text === group)) names.add(column);
  }
  return [...names].sort();
}
