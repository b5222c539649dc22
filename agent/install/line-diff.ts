/** More is not compared line by line. */
const MOST_CELLS = 4_000_000;

/** What changes, in lines: `-` goes, `+` comes, with a line around each change. */
export function lineDiff(path: string, before: string | undefined, after: string | undefined): string {
  const old = linesOf(before);
  const fresh = linesOf(after);
  const marked = compare(old, fresh);
  const shown = marked.filter((line, index) => {
    const near = [marked[index - 1], line, marked[index + 1]];
    return near.some((other) => other !== undefined && other[0] !== ' ');
  });
  const heads = [`--- ${before === undefined ? '/dev/null' : path}`, `+++ ${after === undefined ? '/dev/null' : path}`];
  return [...heads, ...shown, ''].join('\n');
}

function linesOf(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.replace(/\r?\n$/, '').split('\n');
}

/** Longest common subsequence of what is between a common beginning and a common end. */
function compare(old: readonly string[], fresh: readonly string[]): string[] {
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++;
  let tail = 0;
  const most = Math.min(old.length, fresh.length) - head;
  while (tail < most && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++;
  const gone = old.slice(head, old.length - tail);
  const come = fresh.slice(head, fresh.length - tail);
  return [
    ...old.slice(0, head).map((line) => ` ${line}`),
    ...between(gone, come),
    ...old.slice(old.length - tail).map((line) => ` ${line}`),
  ];
}

function between(gone: readonly string[], come: readonly string[]): string[] {
  if (gone.length * come.length === 0 || gone.length * come.length > MOST_CELLS)
    return [...gone.map((line) => `-${line}`), ...come.map((line) => `+${line}`)];
  const width = come.length + 1;
  const common = new Uint32Array((gone.length + 1) * width);
  for (let row = gone.length - 1; row >= 0; row--)
    for (let column = come.length - 1; column >= 0; column--)
      common[row * width + column] =
        gone[row] === come[column]
          ? common[(row + 1) * width + column + 1]! + 1
          : Math.max(common[(row + 1) * width + column]!, common[row * width + column + 1]!);
  const lines: string[] = [];
  let row = 0;
  let column = 0;
  while (row < gone.length || column < come.length) {
    if (row < gone.length && gone[row] === come[column]) {
      lines.push(` ${gone[row++]}`);
      column++;
    } else if (
      column === come.length ||
      (row < gone.length && common[(row + 1) * width + column]! >= common[row * width + column + 1]!)
    )
      lines.push(`-${gone[row++]}`);
    else lines.push(`+${come[column++]}`);
  }
  return lines;
}
