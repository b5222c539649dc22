import { useMemo } from 'react';

interface Line {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
  readonly key: string;
}

/** Lines of a text that are compared; beyond, the texts are shown as wholly different. */
const MOST_LINES = 1_500;
/** Unchanged lines around a change. */
const CONTEXT = 2;

/** What changed from one text to another, line by line, with little around it. */
export function LineDiff({ before, after, label }: { before: string; after: string; label: string }) {
  const lines = useMemo(() => nearChanges(diff(before.split('\n'), after.split('\n'))), [before, after]);
  if (before === after) return <p className="muted">Nothing differs.</p>;
  return (
    <pre className="code diff" tabIndex={0} role="group" aria-label={label}>
      {lines.map(({ kind, text, key }) => (
        <div key={key} className={kind}>
          <span aria-hidden="true">{kind === 'added' ? '+ ' : kind === 'removed' ? '− ' : '  '}</span>
          {kind !== 'same' && <span className="hidden-text">{kind}: </span>}
          {text}
        </div>
      ))}
    </pre>
  );
}

/** By the longest common subsequence. */
function diff(before: readonly string[], after: readonly string[]): Line[] {
  const line = (kind: Line['kind'], text: string, at: number): Line => ({ kind, text, key: `${kind} ${at + 1}` });
  if (before.length > MOST_LINES || after.length > MOST_LINES)
    return [
      ...before.map((text, at) => line('removed', text, at)),
      ...after.map((text, at) => line('added', text, at)),
    ];
  const width = after.length + 1;
  const longest = new Uint16Array((before.length + 1) * width);
  for (let i = before.length - 1; i >= 0; i--)
    for (let j = after.length - 1; j >= 0; j--)
      longest[i * width + j] =
        before[i] === after[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
  const lines: Line[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      lines.push(line('same', before[i]!, i));
      i += 1;
      j += 1;
    } else if (j >= after.length || (i < before.length && longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!))
      lines.push(line('removed', before[i]!, i++));
    else lines.push(line('added', after[j]!, j++));
  }
  return lines;
}

function nearChanges(lines: readonly Line[]): Line[] {
  return lines.filter((line, at) => {
    if (line.kind !== 'same') return true;
    return lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ kind }) => kind !== 'same');
  });
}
