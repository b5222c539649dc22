import { createRedactor, type Redactor } from '../engine/redaction/redactor.ts';
import { SENT_FINDINGS_KEY, writeFindings } from '../engine/redaction/sent-findings.ts';
import { createSpanBoundary, type SpanBoundary } from '../engine/redaction/span-boundary.ts';
import type { ClientAttributes } from './spool/client-span.ts';

/** Attributes as they may be written down. What was found in them, without the values, goes along, as the SDK's does. */
export type AttributeRedactor = (raw: ClientAttributes) => ClientAttributes;

/** A longer text is not looked through on a developer's machine; only its length is told. */
const MOST_CHARACTERS = 256 * 1024;
/** UTF-16 units kept of a redacted value: what the server looks through for provenance before it keeps much less. */
const KEPT = 64 * 1024;
/** A number with more digits could be a card's. */
const MOST = 1e12;
const MOST_FINDINGS = 32;

/** @param key 32 bytes; the machine's, so that a value has the same token in all its sessions */
export function createAttributeRedactor(key: Uint8Array): AttributeRedactor {
  const redactor = createRedactor({ key });
  return (raw) => {
    const boundary = createSpanBoundary(redactor);
    const redacted: Record<string, string | number | boolean> = {};
    for (const [name, value] of Object.entries(raw)) {
      if (typeof value === 'string') redacted[name] = redactText(name, value, boundary, redactor);
      else if (typeof value === 'boolean' || Math.abs(value) < MOST) redacted[name] = value;
    }
    const found = boundary.findings().kept.filter((finding) => finding.class === 'secret' || finding.class === 'pii');
    if (found.length > 0) redacted[SENT_FINDINGS_KEY] = writeFindings(found.slice(0, MOST_FINDINGS));
    return redacted;
  };
}

/** As on the server: text stays only under a key that is known for what it holds. */
function redactText(name: string, text: string, boundary: SpanBoundary, redactor: Redactor): string {
  if (text.length > MOST_CHARACTERS) return `(${text.length} characters)`;
  const of = redactor.classify(name);
  const path = `SpanAttributes.${name}`;
  if (of === 'unclassified') return boundary.replace(text, path, KEPT, name);
  return of === 'structural' ? boundary.keep(text, path, KEPT) : boundary.keep(text, path, KEPT, name);
}
