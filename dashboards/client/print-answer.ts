import { formatTable } from './format-table.ts';

/** Prints what the API answered as JSON, or in words. */
export function printAnswer<Answer>(
  answer: Answer,
  json: boolean | undefined,
  inWords: (answer: Answer) => string | readonly string[],
): void {
  const lines = json ? JSON.stringify(answer, null, 2) : inWords(answer);
  for (const line of [lines].flat()) process.stdout.write(`${line}\n`);
}

/** A table of things of one shape: a column for each of `names`. */
export function tableOf<Item>(items: readonly Item[], names: readonly (keyof Item & string)[]): string[] {
  return formatTable(
    names.map((name) => ({ name })),
    items.map((item) => names.map((name) => item[name])),
  );
}
