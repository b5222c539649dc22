import type { AttributeValue } from '../core/attributes.ts';
import type { RedactionFinding } from '../core/redacted-span.ts';

/** Under which a sender that redacts tells what it replaced: the rules that look for leaked secrets must not go blind. */
export const SENT_FINDINGS_KEY = 'spanwarden.redactions';

const MAX_LENGTH = 256 * 1024;
const CLASSES: ReadonlySet<unknown> = new Set(['secret', 'pii', 'unclassified', 'failure']);
const KIND = /^[A-Z][A-Z0-9_]{1,39}$/;
const RULE = /^[a-z0-9][a-z0-9./_-]{0,99}$/;
const FINGERPRINT = /^[0-9a-f]{32}$/;
const MAX_PATH = 256;

/** A sender's findings as the text of one attribute: a JSON list of lists. */
export function writeFindings(findings: readonly RedactionFinding[]): string {
  return JSON.stringify(
    findings.map(({ class: of, kind, rule, path, start, end, fingerprint }) => [
      of,
      kind,
      rule,
      path.slice(0, MAX_PATH),
      start,
      end,
      fingerprint,
    ]),
  );
}

/**
 * The findings that a sender tells of; what is no finding is left out. A sender can forge one no more than it can send a forged
 * secret. `safePath` redacts the one part that is free text.
 */
export function sentFindings(
  value: AttributeValue | undefined,
  safePath: (path: string) => string,
): readonly RedactionFinding[] {
  if (typeof value !== 'string' || value.length > MAX_LENGTH) return [];
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return [];
  }
  return Array.isArray(parsed) ? parsed.flatMap((item) => readFinding(item, safePath)) : [];
}

function readFinding(item: unknown, safePath: (path: string) => string): RedactionFinding[] {
  if (!Array.isArray(item) || item.length !== 7) return [];
  const [of, kind, rule, path, start, end, fingerprint] = item as unknown[];
  const known =
    CLASSES.has(of) &&
    matches(KIND, kind) &&
    matches(RULE, rule) &&
    matches(FINGERPRINT, fingerprint) &&
    typeof path === 'string' &&
    path.length <= MAX_PATH &&
    isOffset(start) &&
    isOffset(end);
  if (!known) return [];
  return [{ class: of as RedactionFinding['class'], kind, rule, path: safePath(path), start, end, fingerprint }];
}

function matches(pattern: RegExp, value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isOffset(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 0xffffffff;
}
