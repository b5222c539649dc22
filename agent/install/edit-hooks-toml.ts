import { parse } from 'smol-toml';
import { CodedError } from '../../engine/core/errors.ts';
import type { HooksDocument } from './hooks-document.ts';

const BEGIN = '# hooks of spanwarden: begin. `spanwarden agent uninstall` takes them out';
const END = '# hooks of spanwarden: end';

interface Group {
  readonly hooks: readonly Readonly<Record<string, string | number>>[];
}

/**
 * The text with a block of hooks at its end.
 * @throws CONFLICT when the text is broken, or says its hooks in a form that nothing can be added to
 */
export function addHooksToToml(text: string, { hooks }: HooksDocument): string {
  readToml(text);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = Object.entries(hooks).flatMap(([event, groups]) =>
    (groups as readonly Group[]).flatMap((group) => [
      `[[hooks.${event}]]`,
      ...group.hooks.flatMap((hook) => [
        `[[hooks.${event}.hooks]]`,
        ...Object.entries(hook).map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
      ]),
    ]),
  );
  const gap = text === '' || text.endsWith('\n') ? '' : eol;
  const added = `${text}${gap}${[BEGIN, ...lines, END].join(eol)}${eol}`;
  try {
    parse(added);
  } catch {
    throw new CodedError('CONFLICT', 'its hooks are written in a form that no other can be added to');
  }
  return added;
}

/** The text without our block; as it was, but for the end of its last line. */
export function removeHooksFromToml(text: string): string {
  const start = text.indexOf(BEGIN);
  const end = text.indexOf(END, start);
  if (start < 0 || end < 0) return text;
  return text.slice(0, start) + text.slice(end + END.length).replace(/^\r?\n/, '');
}

/** @throws CONFLICT, with the line and nothing of the text */
export function readToml(text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    const { line } = error as { line?: number };
    throw new CodedError('CONFLICT', `it is not TOML${line === undefined ? '' : ` at line ${line}`}`);
  }
}
