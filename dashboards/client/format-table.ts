export interface TableColumn {
  readonly name: string;
  /** ClickHouse type; numbers stand to the right. */
  readonly type?: string;
}

const NUMBER = /^(Nullable\()?(U?Int|Float|Decimal|BFloat)/;
/** Controls, line ends, and what is invisible or turns the writing direction: a value must not steer the terminal. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A table as lines of text. With `widest`, what is longer is cut to so many characters. */
export function formatTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly unknown[])[],
  widest = Infinity,
): string[] {
  const cells = rows.map((row) => columns.map((_, at) => clipped(cellText(row[at]), widest)));
  const names = columns.map(({ name }) => clipped(shown(name), widest));
  const widths = names.map((name, at) => cells.reduce((most, row) => Math.max(most, length(row[at]!)), length(name)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => {
        const space = ' '.repeat(widths[at]! - length(cell));
        return NUMBER.test(columns[at]!.type ?? '') ? space + cell : cell + space;
      })
      .join('  ')
      .trimEnd();
  return [line(names), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)];
}

function cellText(value: unknown): string {
  if (typeof value === 'string') return shown(value);
  if (value === null || value === undefined) return 'NULL';
  return shown(JSON.stringify(value));
}

/** Escapes, as JSON writes them, for whatever would not be seen. */
function shown(text: string): string {
  return text.replace(UNSHOWN, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`;
  });
}

function clipped(text: string, most: number): string {
  if (text.length <= most) return text;
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** Code points: close enough to columns for what is mostly ASCII. */
function length(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
