/** A piece of SQL text that is neither blank nor comment. */
export interface SqlToken {
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'parameter' | 'symbol';
  readonly text: string;
  /** How many brackets stand open around it; an opening or closing bracket counts itself as outside. */
  readonly depth: number;
}

const TOKEN =
  /\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^'\\]|\\[\s\S]|'')*(?:'|$)|`[^`]*(?:`|$)|"[^"]*(?:"|$)|\{\s*\w+\s*:[^{}]*\}|\d\w*(?:\.\d\w*)?|[A-Za-z_]\w*|->|>=|<=|!=|<>|::|[\s\S]/g;

/** Tokens of a query that the engine parses; of anything else, whatever comes out. Linear in the text. */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = [];
  let depth = 0;
  for (const [text] of sql.matchAll(TOKEN)) {
    const kind = kindOf(text);
    if (kind === undefined) continue;
    if (text === ')' || text === ']') depth -= 1;
    tokens.push({ kind, text, depth });
    if (text === '(' || text === '[') depth += 1;
  }
  return tokens;
}

/** The tokens as a query again. */
export function sqlText(tokens: readonly SqlToken[]): string {
  let text = '';
  tokens.forEach((token, i) => {
    const joined = i === 0 || token.text === '.' || tokens[i - 1]!.text === '.';
    text += joined ? token.text : ` ${token.text}`;
  });
  return text;
}

function kindOf(text: string): SqlToken['kind'] | undefined {
  const first = text[0]!;
  if (/\s/.test(first) || text.startsWith('--') || text.startsWith('/*')) return undefined;
  if (first === "'") return 'string';
  if (first === '`' || first === '"') return text.length > 1 ? 'quoted' : 'symbol';
  if (first === '{' && text.length > 1) return 'parameter';
  if (/\d/.test(first)) return 'number';
  return /\w/.test(first) ? 'word' : 'symbol';
}
