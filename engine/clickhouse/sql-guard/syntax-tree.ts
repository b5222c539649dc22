/** A node of the engine's syntax tree, as EXPLAIN AST prints it. */
export interface SyntaxNode {
  /** SelectQuery, Function, Identifier, Literal, ... */
  readonly kind: string;
  /** The rest of the line: a name, a literal, `(alias x)`. */
  readonly detail: string;
  readonly children: readonly SyntaxNode[];
}

const LINE = /^( *)([A-Za-z:]+)(.*?)(?: \(children (\d{1,6})\))?$/s;

/**
 * Reads the lines of EXPLAIN AST. Undefined unless depth and number of children agree for every node: a name with a line end
 * in it prints further lines, and they cannot take a node away from its parent without breaking one of the two counts.
 */
export function readSyntaxTree(lines: readonly string[]): SyntaxNode | undefined {
  const open: { node: SyntaxNode & { children: SyntaxNode[] }; expected: number }[] = [];
  let root: SyntaxNode | undefined;
  for (const line of lines) {
    const [, indent, kind, detail, count] = LINE.exec(line) ?? [];
    if (indent === undefined) return undefined;
    const depth = indent.length;
    while (open.length > depth) if (!isComplete(open.pop()!)) return undefined;
    if (open.length !== depth || (depth === 0 && root)) return undefined;
    const node = { kind: kind!, detail: detail!.trimStart(), children: [] };
    root ??= node;
    open.at(-1)?.node.children.push(node);
    open.push({ node, expected: Number(count ?? 0) });
  }
  while (open.length > 0) if (!isComplete(open.pop()!)) return undefined;
  return root;
}

function isComplete({ node, expected }: { node: SyntaxNode; expected: number }): boolean {
  return node.children.length === expected;
}

/** The name at the start of a node's detail, its alias left out. */
export function nameOf(node: SyntaxNode): string {
  return node.detail.split(' ', 1)[0]!;
}
