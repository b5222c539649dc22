import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A page of the documentation, by its path from the root. */
export function readPage(path: string): string {
  return readFileSync(`${ROOT}/${path}`, 'utf8');
}

/** A fenced block. `info` is what follows the fence: a language, and perhaps `run` or the file that the code is from. */
export interface Block {
  readonly info: string;
  readonly code: string;
}

export function fencedBlocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)].map(([, info, code]) => ({ info: info!, code: code! }));
}

/** The blocks of one language, or of one whole info string such as `sh run`. */
export function codeOf(markdown: string, info: string): string[] {
  return fencedBlocks(markdown).flatMap((block) => (block.info === info ? [block.code] : []));
}

/** The cells of every table row below a heading, up to the next heading; headers and rules left out. */
export function tableRows(markdown: string, heading: string): string[][] {
  const [, below] = markdown.split(new RegExp(`^#+ ${heading}$`, 'm'));
  const section = below?.split(/^#+ /m)[0] ?? '';
  const rows = section.match(/^\|.*\|$/gm) ?? [];
  const cells = rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  return cells.filter((_, index) => !isRuleLine(cells[index]) && !isRuleLine(cells[index + 1]));
}

function isRuleLine(cells: string[] | undefined): boolean {
  return cells?.every((cell) => /^:?-+:?$/.test(cell)) ?? false;
}

/** What stands in backticks. */
export function quotedIn(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, quoted]) => quoted!);
}
