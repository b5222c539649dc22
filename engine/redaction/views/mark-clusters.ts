import { isSpace } from '../detect/ascii.ts';

/** A word is not cut for a cluster's sake unless it is longer than this. */
const MAX_WORD = 4096;

/**
 * Ranges of [from, to) in which `mark` stands, marks nearer than 2 x `gap` together, with `gap` characters around them and whole
 * words at both ends. In order, not overlapping.
 */
export function markClusters(
  text: string,
  from: number,
  to: number,
  mark: string | RegExp,
  gap: number,
): { from: number; to: number }[] {
  const clusters: { from: number; to: number }[] = [];
  let at = nextMark(text, mark, from);
  while (at >= 0 && at < to) {
    let last = at;
    let next = nextMark(text, mark, at + 1);
    while (next >= 0 && next < to && next - last <= 2 * gap) {
      last = next;
      next = nextMark(text, mark, next + 1);
    }
    const end = wordEnd(text, Math.min(to, last + gap), to);
    const previous = clusters[clusters.length - 1];
    const start = wordStart(text, Math.max(from, at - gap), previous?.to ?? from);
    if (previous !== undefined && start <= previous.to) previous.to = Math.max(previous.to, end);
    else clusters.push({ from: start, to: end });
    at = next;
  }
  return clusters;
}

/** A pattern must be global; it is searched on from where it is asked, so all calls together are one pass. */
function nextMark(text: string, mark: string | RegExp, from: number): number {
  if (typeof mark === 'string') return text.indexOf(mark, from);
  mark.lastIndex = from;
  return mark.exec(text)?.index ?? -1;
}

function wordStart(text: string, at: number, from: number): number {
  const limit = Math.max(from, at - MAX_WORD);
  let start = Math.max(at, from);
  while (start > limit && !isSpace(text.charCodeAt(start - 1))) start--;
  return start;
}

function wordEnd(text: string, at: number, to: number): number {
  const limit = Math.min(to, at + MAX_WORD);
  let end = at;
  while (end < limit && !isSpace(text.charCodeAt(end))) end++;
  return end;
}
