import type { Mark } from '../../parts/code-editor.tsx';
import { Problem } from '../../request.ts';

/** Where in a query an error is: as the server says, or where the name that it complains of stands first. */
export function placeOfError(error: unknown, query: string): Mark[] {
  if (!(error instanceof Problem)) return [];
  const text = error.message;
  const where = error.extra['where'] as { line?: number; column?: number } | undefined;
  if (where?.line !== undefined) return [{ line: where.line, ...(where.column && { column: where.column }), text }];
  const said = /line (\d{1,6}), column (\d{1,6})/.exec(text);
  if (said) return [{ line: Number(said[1]), column: Number(said[2]), text }];
  const name = /[`'"](\w{1,100})[`'"]/.exec(text)?.[1];
  const at = name === undefined ? -1 : query.search(new RegExp(`\\b${name}\\b`));
  if (at < 0) return [];
  const before = query.slice(0, at).split('\n');
  return [{ line: before.length, column: before.at(-1)!.length + 1, text }];
}
