import { CodedError } from '../../engine/core/errors.ts';

/** A value in a JSON text, with its place, so that the text around an edit stays as it is. */
export interface JsonNode {
  readonly kind: 'object' | 'array' | 'scalar';
  readonly start: number;
  readonly end: number;
  /** Of a scalar. */
  readonly value?: unknown;
  readonly children: readonly JsonChild[];
}

export interface JsonChild {
  /** Of an object's member. */
  readonly key: string;
  /** Where the member begins: at its key. */
  readonly start: number;
  readonly node: JsonNode;
}

/** Settings are flat; more is an attack or a mistake. */
const DEEPEST = 64;
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Reads JSON; with `comments` also JSONC with trailing commas.
 * @throws CONFLICT, with line and column and nothing of the text
 */
export function parseJsonText(text: string, { comments }: { readonly comments: boolean }): JsonNode {
  let at = 0;
  const fail = (what: string): never => {
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    throw new CodedError('CONFLICT', `${what} at line ${line}, column ${at - before.lastIndexOf('\n')}`);
  };
  const skip = (): void => {
    for (;;) {
      while (at < text.length && ' \t\r\n'.includes(text[at]!)) at++;
      if (text[at] !== '/') return;
      const line = text[at + 1] === '/';
      if (!line && text[at + 1] !== '*') return;
      if (!comments) fail('a comment, which this tool does not read,');
      const end = text.indexOf(line ? '\n' : '*/', at + 2);
      if (end < 0 && !line) fail('a comment without end');
      at = end < 0 ? text.length : end + (line ? 1 : 2);
    }
  };
  const string = (): string => {
    const start = at++;
    while (at < text.length && text[at] !== '"' && text[at] !== '\n') at += text[at] === '\\' ? 2 : 1;
    if (text[at] !== '"') fail('a string without end');
    at++;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      return fail('a string that is not JSON');
    }
  };
  const container = (kind: 'object' | 'array', depth: number): JsonNode => {
    const start = at++;
    const close = kind === 'object' ? '}' : ']';
    const children: JsonChild[] = [];
    for (;;) {
      skip();
      if (text[at] === close && (children.length === 0 || comments)) break;
      const from = at;
      let key = '';
      if (kind === 'object') {
        if (text[at] !== '"') fail('no name of a member');
        key = string();
        skip();
        if (text[at] !== ':') fail('no colon');
        at++;
        skip();
      }
      children.push({ key, start: from, node: value(depth + 1) });
      skip();
      if (text[at] === close) break;
      if (text[at] !== ',') fail('no comma and no end');
      at++;
    }
    return { kind, start, end: ++at, children };
  };
  const value = (depth: number): JsonNode => {
    if (depth > DEEPEST) fail('too deep');
    if (text[at] === '{') return container('object', depth);
    if (text[at] === '[') return container('array', depth);
    const start = at;
    if (text[at] === '"') return { kind: 'scalar', value: string(), start, end: at, children: [] };
    SCALAR.lastIndex = at;
    const [word] = SCALAR.exec(text) ?? fail('no value');
    at += word.length;
    return { kind: 'scalar', value: JSON.parse(word), start, end: at, children: [] };
  };

  if (text.startsWith('\uFEFF')) at = 1;
  skip();
  const node = value(0);
  skip();
  if (at < text.length) fail('more than one value');
  return node;
}

/** The member that counts: of two with one name, the last. */
export function memberOf(node: JsonNode, key: string): JsonNode | undefined {
  return node.kind === 'object' ? node.children.findLast((child) => child.key === key)?.node : undefined;
}
