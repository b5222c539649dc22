import type { Found } from '../redaction-rule.ts';
import { isAlphanumeric } from './ascii.ts';
import { isPlaceholder } from './placeholder.ts';

/** user:password@ or :password@ or token@ up to the last @ before the path; the host stays readable. */
const USER_INFO = /[^\s/?#@:"'<>`\\()]{0,128}:(?!\d{1,5}\/)[^\s"'<>`\\?#]{1,256}@(?=[A-Za-z0-9[$_{%-])/y;

/** Where `root:root` is what everybody has. */
const LOCAL_HOST = /^(?:localhost|127\.|0\.0\.0\.0|db[:/]|\[?::1)/;

const EXAMPLE_HOST = /^(?:[\w-]{1,10}\.)?(?:example|foo|bar|host)\b/;

/** Called at `://`. Takes what stands between the scheme and the host: the user's name leaves with the password. */
export function findUrlCredentials(
  text: string,
  at: number,
  end: number,
  from: number,
  to: number,
  found: Found,
): boolean {
  if (at === from || !isAlphanumeric(text.charCodeAt(at - 1))) return false;
  USER_INFO.lastIndex = end;
  if (!USER_INFO.test(text) || USER_INFO.lastIndex > to) return false;
  const last = USER_INFO.lastIndex - 1;
  const userInfo = text.slice(end, last);
  // more than one URL, or an @ in the path of a URL without credentials
  if (userInfo.includes('://') || /^[^:]*:[^/]*\/.*\//.test(userInfo)) return false;
  const password = userInfo.slice(userInfo.indexOf(':') + 1);
  if (isPlaceholder(password) || /^(?:password|passwd|pass|pwd|user|username)$/i.test(password)) return false;
  if (password === userInfo.slice(0, userInfo.indexOf(':')) && LOCAL_HOST.test(text.slice(last + 1, last + 16)))
    return false;
  if (/^[A-Za-z]{1,7}$/.test(password) && EXAMPLE_HOST.test(text.slice(last + 1, last + 24))) return false;
  found.start = end;
  found.end = last;
  return true;
}
