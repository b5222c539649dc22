/**
 * Text of unknown origin as one line of at most `most` UTF-16 units that a console, a table or a message shows as it is: no
 * control characters, nothing invisible or that turns the writing direction, no broken surrogates. With `lines` line ends stay.
 */
export function plainText(text: string, most: number, options: { lines?: boolean } = {}): string {
  // Cut before the work as well as after it: what is long is mostly thrown away.
  const start = text.slice(0, most * 4).toWellFormed();
  const visible = start.replace(/\p{Cf}+/gu, '').replace(options.lines ? /[^\P{Cc}\n]|[\p{Zl}\p{Zp}]/gu : BREAKS, ' ');
  const trimmed = visible.trim();
  if (trimmed.length <= most) return trimmed;
  return `${trimmed
    .slice(0, most - 1)
    .toWellFormed()
    .replace(/\ufffd$/, '')}…`;
}

const BREAKS = /[\p{Cc}\p{Zl}\p{Zp}]+/gu;
