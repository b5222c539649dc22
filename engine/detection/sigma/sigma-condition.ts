import { SigmaUnsupported } from './sigma-selection.ts';

const TOKENS = /\(|\)|[\w*]+|\S/g;
const DEEPEST = 50;

/**
 * A Sigma condition (`a and not 1 of b*`) with the selections put in. `selections` are conditions by name. Throws SigmaUnsupported.
 */
export function conditionSql(condition: string, selections: ReadonlyMap<string, string>): string {
  const tokens = condition.match(TOKENS) ?? [];
  let at = 0;
  let depth = 0;
  const peek = () => tokens[at]?.toLowerCase();
  const fail = (token = tokens[at]): never => {
    throw new SigmaUnsupported(`condition: "${token ?? 'its end'}" is not understood`);
  };

  function either(): string {
    const parts = [both()];
    while (peek() === 'or') {
      at++;
      parts.push(both());
    }
    return parts.length === 1 ? parts[0]! : `(${parts.join(' OR ')})`;
  }

  function both(): string {
    const parts = [single()];
    while (peek() === 'and') {
      at++;
      parts.push(single());
    }
    return parts.length === 1 ? parts[0]! : `(${parts.join(' AND ')})`;
  }

  function single(): string {
    if (++depth > DEEPEST) fail();
    const token = tokens[at] ?? fail();
    at++;
    let sql: string;
    if (token.toLowerCase() === 'not') sql = `NOT (${single()})`;
    else if (token === '(') {
      sql = either();
      if (tokens[at++] !== ')') fail();
    } else if (/^(1|any|all)$/i.test(token) && peek() === 'of') {
      at++;
      sql = several(token.toLowerCase() === 'all' ? ' AND ' : ' OR ', tokens[at++] ?? fail());
    } else sql = selections.get(token) ?? fail(token);
    depth--;
    return sql;
  }

  function several(joint: string, pattern: string): string {
    const [start = '', ...rest] = pattern.split('*');
    const matches = [...selections].filter(([name]) => {
      if (pattern === 'them') return !name.startsWith('_');
      if (rest.length === 0) return name === pattern;
      return name.startsWith(start) && name.endsWith(rest.at(-1)!);
    });
    if (matches.length === 0) fail();
    return `(${matches.map(([, sql]) => sql).join(joint)})`;
  }

  const sql = either();
  if (at < tokens.length) fail();
  return sql;
}
