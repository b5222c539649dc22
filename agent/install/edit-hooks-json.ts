import { CodedError } from '../../engine/core/errors.ts';
import type { HooksDocument, IsOurs } from './hooks-document.ts';
import { type JsonChild, type JsonNode, memberOf, parseJsonText } from './json-text.ts';

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

interface Comments {
  readonly comments: boolean;
}

/**
 * The text with the hooks in it: everything else, comments and white space included, stays as it is.
 * @throws CONFLICT when the text is broken, or something else than hooks is where they belong
 */
export function addHooksToJson(text: string, document: HooksDocument, options: Comments): string {
  if (text.trim() === '') return `${JSON.stringify(document, null, 2)}\n`;
  const root = parseObject(text, options);
  const hooks = memberOf(root, 'hooks');
  const missing = Object.entries(document).filter(([key]) => memberOf(root, key) === undefined);
  const edits = append(text, root, missing);
  if (hooks !== undefined) {
    if (hooks.kind !== 'object') throw new CodedError('CONFLICT', 'its "hooks" is not an object');
    const events = Object.entries(document.hooks);
    edits.push(
      ...append(
        text,
        hooks,
        events.filter(([event]) => memberOf(hooks, event) === undefined),
      ),
    );
    for (const [event, entries] of events) {
      const list = memberOf(hooks, event);
      if (list === undefined) continue;
      if (list.kind !== 'array') throw new CodedError('CONFLICT', 'the hooks of an event are not a list');
      edits.push(
        ...append(
          text,
          list,
          entries.map((entry) => ['', entry]),
        ),
      );
    }
  }
  return apply(text, edits);
}

/**
 * The text without our hooks, and without what held nothing else; `before` is the text that they were written into, whose own members stay
 * even when they are empty. Undefined when nothing is left of a file that was not there.
 */
export function removeHooksFromJson(
  text: string,
  before: string | undefined,
  isOurs: IsOurs,
  options: Comments,
): string | undefined {
  if (text.trim() === '') return before === undefined ? undefined : text;
  const root = parseObject(text, options);
  const original = before === undefined || before.trim() === '' ? undefined : parseObject(before, options);
  const hooks = memberOf(root, 'hooks');
  if (hooks?.kind !== 'object') return text;
  const originalHooks = original && memberOf(original, 'hooks');
  const edits: Edit[] = [];
  const goneEvents = new Set<JsonChild>();
  for (const event of hooks.children) {
    const goneEntries = new Set<JsonChild>();
    for (const entry of event.node.children) {
      const inner = memberOf(entry.node, 'hooks');
      const ours = new Set(inner?.children.filter(({ node }) => hasCommand(node, isOurs)));
      if (hasCommand(entry.node, isOurs) || (inner && ours.size > 0 && ours.size === inner.children.length))
        goneEntries.add(entry);
      else if (inner && ours.size > 0) edits.push(...cut(inner, ours));
    }
    const wasThere = originalHooks !== undefined && memberOf(originalHooks, event.key) !== undefined;
    if (goneEntries.size === 0) continue;
    if (goneEntries.size === event.node.children.length && !wasThere) goneEvents.add(event);
    else edits.push(...cut(event.node, goneEntries));
  }
  if (goneEvents.size < hooks.children.length || originalHooks !== undefined || goneEvents.size === 0) {
    edits.push(...cut(hooks, goneEvents));
    return apply(text, edits);
  }
  const leftovers = root.children.filter(({ key }) => key !== 'hooks');
  const onlyVersion = leftovers.every(({ key }) => key === 'version');
  if (onlyVersion && before === undefined) return undefined;
  const wasAdded = ({ key }: JsonChild) => original === undefined || memberOf(original, key) === undefined;
  const gone = root.children.filter((child) => child.key === 'hooks' || (child.key === 'version' && wasAdded(child)));
  return apply(text, cut(root, new Set(gone)));
}

/** Commands of all hooks in a text, by event. */
export function commandsIn(text: string, options: Comments): Map<string, string[]> {
  const commands = new Map<string, string[]>();
  if (text.trim() === '') return commands;
  for (const { key, node } of memberOf(parseObject(text, options), 'hooks')?.children ?? []) {
    const entries = node.children.flatMap((entry) => [entry, ...(memberOf(entry.node, 'hooks')?.children ?? [])]);
    commands.set(
      key,
      entries.flatMap((entry) => commandsOf(entry.node)),
    );
  }
  return commands;
}

function parseObject(text: string, options: Comments): JsonNode {
  const root = parseJsonText(text, options);
  if (root.kind !== 'object') throw new CodedError('CONFLICT', 'it is not an object');
  return root;
}

function commandsOf(node: JsonNode): string[] {
  return ['command', 'bash', 'powershell'].flatMap((name) => {
    const value = memberOf(node, name)?.value;
    return typeof value === 'string' ? [value] : [];
  });
}

function hasCommand(node: JsonNode, isOurs: IsOurs): boolean {
  return commandsOf(node).some(isOurs);
}

/** Behind the last child, in the manner in which the container is written. */
function append(text: string, container: JsonNode, added: readonly (readonly [string, unknown])[]): Edit[] {
  if (added.length === 0) return [];
  const { children, start, end } = container;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const last = children.at(-1);
  const spread =
    last === undefined ? text.trimEnd().includes('\n') || end - start < 3 : text.slice(start, end).includes('\n');
  const unit = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  const outer = indentAt(text, start);
  const indent = last === undefined ? outer + unit : (ownIndent(text, last.start) ?? outer + unit);
  const written = added.map(([key, value]) => {
    const name = container.kind === 'object' ? `${JSON.stringify(key)}:${spread ? ' ' : ''}` : '';
    const body = spread ? JSON.stringify(value, null, unit).replaceAll('\n', eol + indent) : JSON.stringify(value);
    return name + body;
  });
  const between = spread ? `,${eol}${indent}` : ',';
  if (last !== undefined) {
    const at = last.node.end;
    return [{ start: at, end: at, text: between + written.join(between) }];
  }
  const inside = text.slice(start + 1, end - 1);
  const lead = spread ? eol + indent : '';
  const body = lead + written.join(between);
  // a comment in an empty container stays, behind what is new
  return inside.trim() === ''
    ? [{ start: start + 1, end: end - 1, text: body + (spread ? eol + outer : '') }]
    : [{ start: start + 1, end: start + 1, text: body }];
}

/** Of the line that it is in. */
function indentAt(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return /^[ \t]*/.exec(line)![0];
}

/** Where nothing else is before it in its line. */
function ownIndent(text: string, at: number): string | undefined {
  const line = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  return line.trim() === '' ? line : undefined;
}

/** Takes children out, each with the comma that binds it to its neighbour. */
function cut(container: JsonNode, gone: ReadonlySet<JsonChild>): Edit[] {
  const edits: Edit[] = [];
  const kept = container.children.filter((child) => !gone.has(child));
  if (kept.length === 0 && gone.size > 0) return [{ start: container.start + 1, end: container.end - 1, text: '' }];
  let previous: JsonChild | undefined;
  container.children.forEach((child, index) => {
    if (!gone.has(child)) previous = child;
    else if (previous === undefined) {
      const next = container.children[index + 1]!;
      edits.push({ start: child.start, end: next.start, text: '' });
    } else {
      const before = container.children[index - 1]!;
      edits.push({ start: before.node.end, end: child.node.end, text: '' });
    }
  });
  return edits;
}

function apply(text: string, edits: readonly Edit[]): string {
  let result = text;
  for (const { start, end, text: put } of edits.toSorted((a, b) => b.start - a.start))
    result = result.slice(0, start) + put + result.slice(end);
  return result;
}
