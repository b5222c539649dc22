import type { View } from './escapes.ts';

/**
 * The text without what `removed` matches; undefined when nothing does. `removed` is global, linear and never matches ''.
 * A range that ends where something was removed ends before it.
 */
export function viewWithout(text: string, removed: RegExp): View | undefined {
  let result = '';
  let copied = 0;
  // in the reading's offsets: from here on, this many characters more in the source
  const places: number[] = [];
  const shifts: number[] = [];
  for (const match of text.matchAll(removed)) {
    result += text.slice(copied, match.index);
    copied = match.index + match[0].length;
    places.push(result.length);
    shifts.push(copied - result.length);
  }
  if (copied === 0) return undefined;
  const shiftBefore = (offset: number, inclusive: boolean): number => {
    let low = 0;
    let high = places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (inclusive ? places[middle]! <= offset : places[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : shifts[low - 1]!;
  };
  return {
    text: result + text.slice(copied),
    sourceOffset: (offset) => offset + shiftBefore(offset, true),
    sourceEnd: (offset) => offset + shiftBefore(offset, false),
  };
}
