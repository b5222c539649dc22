/** UTF-16 units kept of a preview. */
export const PREVIEW_LIMIT = 2048;
/** UTF-16 units kept of an attribute's value. */
export const ATTRIBUTE_LIMIT = 8192;

const MARKER = /\.\.\. \[\+\d{1,10} chars clipped\]$/;
const LONGEST_MARKER = 34;
/** Anything that looks like a redaction token; whether its kind is known does not matter here. */
const TOKEN = /\[[A-Z][A-Z0-9_]{1,39}:[0-9a-z]{4,24}\]/y;
const LONGEST_TOKEN = 67;

/**
 * Cuts redacted text to `limit` UTF-16 units and says how much is gone: `... [+952 chars clipped]`. A redaction token or a surrogate
 * pair at the cut goes as a whole. Clipping twice changes nothing: text that was clipped to the limit before is left as it is.
 */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  if (text.length <= limit + LONGEST_MARKER) {
    const marker = MARKER.exec(text);
    if (marker !== null && marker.index <= limit) return text;
  }
  const kept = cutBefore(text, limit);
  return `${text.slice(0, kept)}... [+${text.length - kept} chars clipped]`;
}

/** The last place at or before `limit` that is inside neither a token nor a surrogate pair. */
function cutBefore(text: string, limit: number): number {
  for (let start = Math.max(0, limit - LONGEST_TOKEN); start < limit; start++) {
    if (text.charCodeAt(start) !== 91) continue;
    TOKEN.lastIndex = start;
    if (TOKEN.test(text) && TOKEN.lastIndex > limit) return start;
  }
  const last = text.charCodeAt(limit - 1);
  return last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit;
}
