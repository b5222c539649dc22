import type { Attributes } from '../core/attributes.ts';
import type { RedactionFinding } from '../core/redacted-span.ts';
import type { SpanBoundary } from './span-boundary.ts';

/** Where the client on a developer's machine says what it replaced before it sent the span. */
const KEY = 'spanwarden.client.redactions';
const MOST = 64;
const LONGEST_PATH = 256;

/**
 * What the sender's own redaction found, so that a credential which never left the machine is known of all the same. Fingerprints are
 * under the sender's key: they link its own spans, and none of the org's. Told by the sender, so every field is held to its form.
 */
export function senderFindings(attributes: Attributes, boundary: SpanBoundary): RedactionFinding[] {
  const said = attributes[KEY];
  if (typeof said !== 'string') return [];
  let list: unknown;
  try {
    list = JSON.parse(said);
  } catch {
    return [];
  }
  if (!Array.isArray(list)) return [];
  return list.slice(0, MOST).flatMap((item: unknown) => findingOf(item, boundary) ?? []);
}

function findingOf(item: unknown, boundary: SpanBoundary): RedactionFinding | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const { class: of, kind, rule, path, fingerprint } = item as Record<string, unknown>;
  if (of !== 'secret' && of !== 'pii') return undefined;
  if (!isText(kind, /^[A-Z][A-Z0-9_]{1,39}$/) || !isText(rule, /^[a-z0-9][a-z0-9/-]{0,79}$/)) return undefined;
  if (!isText(fingerprint, /^[0-9a-f]{32}$/) || typeof path !== 'string') return undefined;
  return {
    class: of,
    kind,
    rule,
    path: boundary.keep(path.slice(0, LONGEST_PATH), 'Redactions.Path', LONGEST_PATH),
    start: 0,
    end: 0,
    fingerprint,
  };
}

function isText(value: unknown, form: RegExp): value is string {
  return typeof value === 'string' && form.test(value);
}
