import { ALLOWED_TABLE_FUNCTIONS, isAllowedAggregate, isAllowedFunction } from './allowed-functions.ts';
import { READABLE_TABLES } from './readable-tables.ts';
import { nameForMessage, refuse } from './refuse.ts';
import { nameOf, type SyntaxNode } from './syntax-tree.ts';

export interface SyntaxScope {
  /** The query as it was written, for messages. */
  readonly query: string;
  /** The org's own database. */
  readonly database: string;
  /** Tables and views that exist in it; those not readable are refused by name, whatever a WITH may call itself. */
  readonly existing: ReadonlySet<string>;
}

/** Everything that the syntax of an analyst's query may consist of; what else the parser knows is refused. */
const ALLOWED_KINDS: ReadonlySet<string> = new Set([
  'SelectWithUnionQuery',
  'SelectIntersectExceptQuery',
  'SelectQuery',
  'ExpressionList',
  'WithElement',
  'Subquery',
  'Literal',
  'Identifier',
  'TableIdentifier',
  'Function',
  'TablesInSelectQuery',
  'TablesInSelectQueryElement',
  'TableExpression',
  'TableJoin',
  'ArrayJoin',
  'SampleRatio',
  'OrderByElement',
  'InterpolateElement',
  'WindowDefinition',
  'WindowListElement',
  'Asterisk',
  'QualifiedAsterisk',
  'ColumnsListMatcher',
  'ColumnsRegexpMatcher',
  'QualifiedColumnsListMatcher',
  'QualifiedColumnsRegexpMatcher',
  'ColumnsTransformerList',
  'ColumnsExceptTransformer',
  'ColumnsReplaceTransformer',
  'ColumnsReplaceTransformer::Replacement',
]);

const REASONS: Readonly<Record<string, string>> = {
  Set: 'SETTINGS are refused: the limits are not the query’s to change',
  ColumnsApplyTransformer: 'APPLY is refused: the function it calls cannot be seen; name the columns',
};

/** Functions whose right side may be the bare name of a table. */
const IN_FUNCTIONS = new Set('in notin globalin globalnotin nullin notnullin globalnullin globalnotnullin'.split(' '));
/** Functions that take the name of a type, and at which argument. */
const TYPE_ARGUMENT: Readonly<Record<string, number>> = {
  cast: 1,
  _cast: 1,
  accuratecast: 1,
  accuratecastornull: 1,
  accuratecastordefault: 1,
  jsonextract: -1,
  jsonextractkeysandvalues: -1,
  values: 0,
};
/** Functions that take the name of an aggregate function. */
const AGGREGATE_ARGUMENT = new Set(['arrayreduce']);

/** The engine takes other names for paths of files in some databases. */
const TABLE_NAME = /^[\p{L}\p{N}_]{1,200}(?:\.[\p{L}\p{N}_]{1,200}){0,3}$/u;

/** Deeper than any query a person writes, and far from the stack's end. */
const MOST_DEPTH = 400;

/** Throws QUERY_REFUSED unless every node of the tree is something that an analyst may use. */
export function checkSyntax(tree: SyntaxNode, scope: SyntaxScope): void {
  // The root's last child is the output format that the guard itself appended.
  const [select, format, ...rest] = tree.children;
  if (tree.kind !== 'SelectWithUnionQuery' || select?.kind !== 'ExpressionList') {
    refuse(scope.query, 'Only SELECT is allowed');
  }
  if (rest.length > 0 || format?.kind !== 'Identifier' || format.detail !== 'JSONEachRow') {
    refuse(scope.query, 'A query ends with its SELECT: no SETTINGS, FORMAT or INTO OUTFILE');
  }
  checkNode(select, scope, 0);
}

function checkNode(node: SyntaxNode, scope: SyntaxScope, depth: number): void {
  if (depth > MOST_DEPTH) refuse(scope.query, 'The query is nested too deeply');
  if (!ALLOWED_KINDS.has(node.kind)) {
    refuse(scope.query, REASONS[node.kind] ?? `${nameForMessage(node.kind)} is not allowed in a query`);
  }
  if (node.kind === 'Literal') checkLiteral(node, scope);
  if (node.kind === 'TableIdentifier') checkTable(node.detail, scope);
  if (node.kind === 'TableExpression') checkSource(node, scope);
  else for (const child of node.children) if (child.kind === 'Function') checkFunction(child, scope);
  for (const child of node.children) checkNode(child, scope, depth + 1);
}

/** States of aggregate functions are binary: made from text they would be trusted input to the engine's own readers. */
function checkLiteral(node: SyntaxNode, scope: SyntaxScope): void {
  if (/aggregatefunction/i.test(node.detail)) {
    refuse(scope.query, 'Types of aggregate states are refused', 'AggregateFunction');
  }
}

function checkFunction(node: SyntaxNode, scope: SyntaxScope): void {
  const name = nameOf(node);
  if (!isAllowedFunction(name)) {
    refuse(scope.query, `The function ${nameForMessage(name)} is not allowed in queries`, name);
  }
  const lower = name.toLowerCase();
  if (IN_FUNCTIONS.has(lower)) checkInside(argumentsOf(node)[1], scope);
  if (AGGREGATE_ARGUMENT.has(lower)) checkAggregateName(argumentsOf(node)[0], scope);
  checkTypeArgument(node, lower, scope);
}

/** A FROM takes tables, subqueries and the few table functions that read nothing. */
function checkSource(node: SyntaxNode, scope: SyntaxScope): void {
  for (const child of node.children) {
    if (child.kind !== 'Function') continue;
    const name = nameOf(child);
    if (!ALLOWED_TABLE_FUNCTIONS.has(name.toLowerCase())) {
      refuse(scope.query, `The table function ${nameForMessage(name)} is not allowed in queries`, name);
    }
    checkTypeArgument(child, name.toLowerCase(), scope);
  }
}

/** `x IN name` may mean a table. */
function checkInside(right: SyntaxNode | undefined, scope: SyntaxScope): void {
  if (right?.kind === 'Identifier') checkTable(right.detail, scope);
}

/** The type decides what is read out of the text, so it must be there to be seen. */
function checkTypeArgument(node: SyntaxNode, name: string, scope: SyntaxScope): void {
  if (!Object.hasOwn(TYPE_ARGUMENT, name)) return;
  const type = argumentsOf(node).at(TYPE_ARGUMENT[name]!);
  if (type && type.kind !== 'Literal')
    refuse(scope.query, `The type in ${nameOf(node)} must be written out`, nameOf(node));
}

function checkAggregateName(argument: SyntaxNode | undefined, scope: SyntaxScope): void {
  const name = /^'(\w{1,100})(?:\([^']{0,200}\))?'/.exec(argument?.detail ?? '')?.[1];
  if (argument?.kind !== 'Literal' || name === undefined || !isAllowedAggregate(name)) {
    refuse(scope.query, 'arrayReduce takes the name of an allowed aggregate function', 'arrayReduce');
  }
}

/**
 * `detail` is a dotted name, perhaps with its alias. One part may be a readable table, or the name of a WITH, which cannot
 * be told here but must not be that of a table that exists.
 */
function checkTable(detail: string, { query, database, existing }: SyntaxScope): void {
  const name = detail.split(' (alias ', 1)[0]!;
  if (!TABLE_NAME.test(name)) refuse(query, 'A table’s name has letters, digits and _ only');
  const parts = name.split('.');
  const table = parts.at(-1)!;
  if (parts.length > 2 || (parts.length === 2 && parts[0] !== database)) {
    refuse(query, `Only tables of the org's own database may be read, not ${nameForMessage(name)}`, parts[0]);
  }
  const readable = READABLE_TABLES.has(table);
  if (!readable && (parts.length === 2 || existing.has(table))) {
    refuse(query, `The table ${nameForMessage(name)} may not be read`, table);
  }
}

function argumentsOf(node: SyntaxNode): readonly SyntaxNode[] {
  const [list] = node.children;
  return list?.kind === 'ExpressionList' ? list.children : [];
}
