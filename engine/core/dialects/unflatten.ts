import type { Attributes, AttributeValue } from '../attributes.ts';

/** Slots of one reconstructed list. Others who take flattened messages in draw the line there too. */
export const MAX_SLOTS = 10_001;
/** `message.contents.3.message_content.text` has five parts; a key of a million dots must not build a million objects. */
const MAX_DEPTH = 12;

interface Node {
  value?: AttributeValue;
  children?: Map<string, Node>;
}

/**
 * The lists that senders flatten into keys (`llm.input_messages.0.message.role`), by their prefix. One pass over the keys.
 * Memory follows the number of keys, never an index: list items come in the order of their index, without holes, and no more
 * than 10,001 of them. Objects have no prototype.
 */
export function unflatten(attributes: Attributes, prefixes: readonly string[]): Map<string, unknown[]> {
  const roots = new Map<string, Node>();
  for (const key in attributes) {
    for (const prefix of prefixes) {
      if (key.charCodeAt(prefix.length) === 0x2e && key.startsWith(prefix)) {
        const root = roots.get(prefix) ?? {};
        roots.set(prefix, root);
        insert(root, key, prefix.length + 1, attributes[key] as AttributeValue);
        break;
      }
    }
  }
  const lists = new Map<string, unknown[]>();
  for (const [prefix, root] of roots) lists.set(prefix, items(root.children ?? new Map()));
  return lists;
}

function insert(root: Node, key: string, from: number, value: AttributeValue): void {
  let node = root;
  let start = from;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const dot = key.indexOf('.', start);
    const part = dot < 0 ? key.slice(start) : key.slice(start, dot);
    node.children ??= new Map();
    let child = node.children.get(part);
    if (child === undefined) {
      if (node.children.size >= MAX_SLOTS) return;
      child = {};
      node.children.set(part, child);
    }
    node = child;
    if (dot < 0) {
      node.value = value;
      return;
    }
    start = dot + 1;
  }
}

function build(node: Node): unknown {
  if (node.children === undefined) return node.value;
  let numbered = true;
  for (const key of node.children.keys()) numbered &&= isIndex(key);
  if (numbered) return items(node.children);
  const object: Record<string, unknown> = Object.create(null);
  for (const [key, child] of node.children) object[key] = build(child);
  return object;
}

function items(children: Map<string, Node>): unknown[] {
  return [...children]
    .filter(([key]) => isIndex(key))
    .map(([key, child]) => [Number(key), child] as const)
    .sort(([a], [b]) => a - b)
    .map(([, child]) => build(child));
}

function isIndex(key: string): boolean {
  return key.length <= 15 && /^\d+$/.test(key);
}
