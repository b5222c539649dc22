import type { RedactionFinding } from '../core/redacted-span.ts';
import { clip } from './clip.ts';
import type { HitMemo } from './hit-collector.ts';
import { type RedactedText, type Redactor, type TextContext, UNCLASSIFIED } from './redactor.ts';
import { createWorkBudget } from './work-budget.ts';

export interface SpanLimits {
  /** Attributes kept of each map (span, resource, event ...); what is over is dropped and reported. */
  readonly attributes: number;
  /** Events and links kept, each. */
  readonly events: number;
  /** Findings kept; how many more there were is said in an attribute. */
  readonly findings: number;
  /** Steps that all texts of a span may cost together; a text that does not get through is replaced whole. */
  readonly steps: number;
}

export const SPAN_LIMITS: SpanLimits = { attributes: 8192, events: 1024, findings: 256, steps: 48 * 1024 * 1024 };

const MAX_KEY = 256;

/** The boundary that one span passes: every string goes through one of these, and what was found on the way is kept here. */
export interface SpanBoundary {
  readonly limits: SpanLimits;
  /** Text that may stay, redacted and clipped. `key` is what it stands under, where that can tell. */
  keep(text: string, path: string, limit: number, key?: string): string;
  /** Text that may not stay: tokens of what was found, and a token for each run of the rest. */
  replace(text: string, path: string, limit: number, key: string): string;
  /** An attribute key, redacted. */
  key(key: string, path: string): string;
  /** Something that could not be kept at all. */
  failed(path: string, what: string): void;
  /** What was found; `derived` are texts that repeat others (previews, canonical fields), counted only when they show more. */
  findings(): { kept: RedactionFinding[]; omitted: number };
  /** From now on findings repeat what was (or will be) found elsewhere in the span. */
  derive<T>(work: () => T): T;
}

/** @param literals values that may not stay in any of the span's texts */
export function createSpanBoundary(
  redactor: Redactor,
  limits: SpanLimits = SPAN_LIMITS,
  literals?: readonly string[],
): SpanBoundary {
  const budget = createWorkBudget(limits.steps);
  const memo: HitMemo = new Map();
  const found: RedactionFinding[] = [];
  const derived: RedactionFinding[] = [];
  let list = found;
  let omitted = 0;

  const report = (result: RedactedText, path: string): void => {
    for (const finding of result.findings) {
      if (list.length >= limits.findings) omitted++;
      else list.push(spanFinding(finding, path));
    }
  };
  // Most texts of a span stand under no key: they share one context.
  const keyless: TextContext = literals === undefined ? { budget, memo } : { budget, memo, literals };
  const redact = (text: string, path: string, key: string | undefined): string => {
    const result = redactor.redactText(text, key === undefined ? keyless : { ...keyless, key });
    if (result.findings.length > 0) report(result, path);
    return result.text;
  };

  return {
    limits,
    keep: (text, path, limit, key) => (text === '' ? '' : clip(redact(text, path, key), limit)),
    replace(text, path, limit, key) {
      if (text === '') return '';
      const redacted = redact(text, path, key);
      const replaced = replaceRuns(redacted, redactor);
      if (replaced !== redacted) report(redactor.replaceWhole(text, UNCLASSIFIED, 'unclassified'), path);
      return clip(replaced, limit);
    },
    key: (key, path) => clip(redact(key, path, undefined), MAX_KEY),
    failed: (path, what) => report(redactor.replaceWhole(what, 'REDACTED', 'failure'), path),
    derive(work) {
      list = derived;
      const result = work();
      list = found;
      return result;
    },
    findings() {
      const known = new Set(found.map((finding) => finding.fingerprint));
      const kept = [...found, ...derived.filter((finding) => !known.has(finding.fingerprint))];
      const over = Math.max(0, kept.length - limits.findings);
      return { kept: kept.slice(0, limits.findings), omitted: omitted + over };
    },
  };
}

function spanFinding(finding: RedactedText['findings'][number], path: string): RedactionFinding {
  return {
    class: finding.class,
    kind: finding.kind,
    rule: finding.rule,
    path: path + finding.path,
    start: finding.start,
    end: finding.end,
    fingerprint: finding.fingerprint,
  };
}

/** Each run of text between tokens becomes a token of its own; a text of tokens stays as it is, so doing it twice changes nothing. */
function replaceRuns(text: string, { mint }: Redactor): string {
  let result = '';
  let runStart = 0;
  const closeRun = (end: number): void => {
    const run = text.slice(runStart, end);
    if (run !== '') result += /^\s+$/.test(run) ? run : mint.token(UNCLASSIFIED, run);
  };
  for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) {
    const end = at < runStart ? 0 : mint.tokenEnd(text, at);
    if (end === 0) continue;
    closeRun(at);
    result += text.slice(at, end);
    runStart = end;
  }
  closeRun(text.length);
  return result;
}
