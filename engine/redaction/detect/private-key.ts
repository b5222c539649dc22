import type { Found } from '../redaction-rule.ts';

const LABEL = /-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----/iy;
const END_MARK = '-----END';
const END_LABEL = /-----END[ A-Z0-9_-]{0,100}-----/iy;

/**
 * Called at `-----BEGIN`. To the matching END, whatever the line ends look like (\n, \\n, \\\\n); to the end of the text when there
 * is none. One indexOf, so linear; everything up to there is spent, so dense BEGINs are not searched again.
 */
export function findPrivateKey(
  text: string,
  at: number,
  _end: number,
  _from: number,
  to: number,
  found: Found,
): boolean {
  LABEL.lastIndex = at;
  if (!LABEL.test(text) || LABEL.lastIndex > to) return false;
  const bodyStart = LABEL.lastIndex;
  if (isLiteral(text, bodyStart)) return false;
  const mark = text.indexOf(END_MARK, bodyStart);
  let end = to;
  if (mark >= 0 && mark < to) {
    END_LABEL.lastIndex = mark;
    end = END_LABEL.test(text) && END_LABEL.lastIndex <= to ? END_LABEL.lastIndex : mark + END_MARK.length;
  }
  found.start = at;
  found.end = end;
  return true;
}

/** Code that names the label: a quote closes it at once and no key follows. */
function isLiteral(text: string, bodyStart: number): boolean {
  return /["'`]/.test(text[bodyStart] ?? '') && !KEY_LINE.test(text.slice(bodyStart, bodyStart + BODY_REACH));
}

const KEY_LINE = /[A-Za-z0-9+/=]{40}/;
const BODY_REACH = 400;
