import type { RedactedSpan, RedactionFinding } from '../../engine/core/redacted-span.ts';
import type { TokenMint } from '../../engine/redaction/redaction-token.ts';
import type { SecondFinding, SecondScanner } from './second-scanner.ts';

/** Shorter texts hold nothing that a scanner of secrets knows. */
const SHORTEST = 16;
const MOST_DEPTH = 8;
/** Fields that are no text: ids, hashes, what was found already. */
const NO_TEXT = new Set(['traceId', 'spanId', 'parentSpanId', 'references', 'redactions']);
/** As the finding's path begins, by the field it is in. */
const PLACES: Readonly<Record<string, string>> = {
  attributes: 'SpanAttributes.',
  resourceAttributes: 'ResourceAttributes.',
  events: 'Events',
  links: 'Links',
};

export interface ScannedAgain {
  readonly spans: RedactedSpan[];
  /** Values that only this scanner found. */
  readonly found: number;
}

/** Every text of the spans through a second scanner; what it finds becomes tokens of kind SECRET with findings of its own. */
export async function scanAgain(
  spans: readonly RedactedSpan[],
  scanner: SecondScanner,
  mint: TokenMint,
): Promise<ScannedAgain> {
  const texts = new Set<string>();
  for (const span of spans) {
    mapTexts(span, '', 0, (text) => {
      if (text.length >= SHORTEST) texts.add(text);
      return text;
    });
  }
  const list = [...texts];
  const findings = await scanner.scan(list);
  const hits = new Map<string, readonly SecondFinding[]>();
  list.forEach((text, index) => {
    const merged = merge(findings[index]!.filter((finding) => !isRedacted(text, finding, mint)));
    if (merged.length > 0) hits.set(text, merged);
  });
  if (hits.size === 0) return { spans: [...spans], found: 0 };
  let found = 0;
  const replaced = spans.map((span) => {
    const redactions: RedactionFinding[] = [];
    const mapped = mapTexts(span, '', 0, (text, path) => {
      const places = hits.get(text);
      if (places === undefined) return text;
      found += places.length;
      return replace(text, places, path, scanner.name, mint, redactions);
    }) as RedactedSpan;
    return redactions.length === 0 ? span : { ...mapped, redactions: [...span.redactions, ...redactions] };
  });
  return { spans: replaced, found };
}

/** What lies across a token of ours was redacted: `https://[URL_CREDENTIALS:k3f9]@host` looks like a password again. */
function isRedacted(text: string, { start, end }: SecondFinding, mint: TokenMint): boolean {
  for (let at = text.indexOf('[', Math.max(0, start - 1)); at >= 0 && at < end; at = text.indexOf('[', at + 1)) {
    if (mint.tokenEnd(text, at) > 0 && end - start < text.length) return true;
  }
  return false;
}

function merge(findings: readonly SecondFinding[]): SecondFinding[] {
  const merged: SecondFinding[] = [];
  for (const finding of findings.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged[merged.length - 1];
    if (last === undefined || finding.start >= last.end) merged.push(finding);
    else merged[merged.length - 1] = { ...last, end: Math.max(last.end, finding.end) };
  }
  return merged;
}

function replace(
  text: string,
  places: readonly SecondFinding[],
  path: string,
  scanner: string,
  mint: TokenMint,
  redactions: RedactionFinding[],
): string {
  let result = '';
  let copied = 0;
  for (const { start, end, rule } of places) {
    const value = text.slice(start, end);
    result += text.slice(copied, start) + mint.token('SECRET', value);
    copied = end;
    const fingerprint = mint.fingerprint(value);
    redactions.push({ class: 'secret', kind: 'SECRET', rule: `${scanner}/${rule}`, path, start, end, fingerprint });
  }
  return result + text.slice(copied);
}

/** A copy of plain data with each text as `visit` answers it. */
function mapTexts(value: unknown, path: string, depth: number, visit: (text: string, path: string) => string): unknown {
  if (typeof value === 'string') return visit(value, path);
  if (typeof value !== 'object' || value === null || depth > MOST_DEPTH) return value;
  if (Array.isArray(value)) return value.map((item, index) => mapTexts(item, `${path}[${index}]`, depth + 1, visit));
  const copy: Record<string, unknown> = Object.create(null);
  for (const key in value) {
    const inner = (value as Record<string, unknown>)[key];
    const place = path === '' ? (PLACES[key] ?? key) : path.endsWith('.') ? path + key : `${path}.${key}`;
    copy[key] = depth === 0 && NO_TEXT.has(key) ? inner : mapTexts(inner, place, depth + 1, visit);
  }
  return copy;
}
