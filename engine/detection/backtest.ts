import type { Exception } from '../core/exception.ts';
import type { Evidence, Finding } from '../core/finding.ts';
import { type Rule, readsSpansOnly } from '../core/rule.ts';
import { nextWindow, type Window } from '../core/window.ts';
import { evaluateRule, type RuleQueries } from './evaluate-rule.ts';
import { suppressFindings } from './suppress-findings.ts';

export interface BacktestQueries extends RuleQueries {
  anyIngested(window: Window): Promise<boolean>;
}

export interface BacktestExample {
  readonly title: string;
  readonly entity: { readonly kind: string; readonly value: string };
  readonly session_id: string;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly evidence: Evidence[];
  readonly values: Record<string, string>;
}

/** What a rule would have done over stored data. */
export interface Backtest {
  readonly rule_version: number;
  /** Windows that were evaluated; those without new spans are passed over, as production does. */
  readonly windows: number;
  readonly rows_read: number;
  /** Different findings, suppressed ones left out; each would open an alert or, after a close, another. */
  readonly alerts: number;
  readonly alerts_a_week: number;
  readonly suppressed: number;
  /** What became of the findings by the day on which what they found ended, UTC, days without any left out. */
  readonly days: BacktestDay[];
  /** Windows in which there were more findings than max_signals. */
  readonly truncated_windows: number;
  readonly top_entities: { kind: string; value: string; alerts: number }[];
  readonly examples: BacktestExample[];
}

export interface BacktestDay {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly alerts: number;
  /** Held back by the rule's own alert_suppression. */
  readonly suppressed: number;
  readonly excepted: number;
}

export interface BacktestRun {
  readonly summary: Backtest;
  /** The findings by id, for a comparison with another run. */
  readonly found: ReadonlyMap<string, BacktestExample>;
}

export interface BacktestOptions {
  /** What the org accepts, which holds findings back as it would in production. */
  readonly exceptions?: readonly Exception[];
  /** Milliseconds since 1970, for exceptions that have run out. */
  readonly now?: number;
  /** Hears how far it has come, from 0 to 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

const WEEK_MICROS = 7 * 86_400_000_000;
const MOST_EXAMPLES = 5;
const MOST_ENTITIES = 10;
/** Findings that are told apart; a rule beyond that is no rule. */
const MOST_FINDINGS = 100_000;

/** Evaluates a rule over every window of the range with the production executor. Nothing is stored. Throws RULE_FAILED. */
export async function backtest(
  rule: Rule,
  range: Window,
  queries: BacktestQueries,
  { exceptions = [], now = 0, onProgress = () => {}, signal }: BacktestOptions = {},
): Promise<BacktestRun> {
  const found = new Map<string, BacktestExample>();
  const held = new Map<string, { readonly day: string; readonly cause: string }>();
  let earlier: { readonly finding: Finding; readonly at: number }[] = [];
  const suppressionMicros = (rule.metadata.alert_suppression?.seconds ?? 0) * 1_000_000;
  let windows = 0;
  let rowsRead = 0;
  let truncated = 0;
  for (let at = range.from; ; ) {
    const window = nextWindow(at, range.to);
    if (!window || found.size >= MOST_FINDINGS) break;
    signal?.throwIfAborted();
    at = window.to;
    if (!readsSpansOnly(rule) || (await queries.anyIngested(window))) {
      const evaluation = await evaluateRule(rule, window, false, queries);
      windows += 1;
      rowsRead += evaluation.rowsRead;
      if (evaluation.totalHits > evaluation.findings.length) truncated += 1;
      earlier = earlier.filter((one) => one.at > window.to - suppressionMicros);
      const sifted = suppressFindings(
        rule,
        evaluation.findings,
        exceptions,
        earlier.map(({ finding }) => finding),
        now,
      );
      for (const { finding, cause } of sifted.suppressed) held.set(finding.id, { day: dayOf(finding), cause });
      for (const finding of sifted.kept) {
        found.set(finding.id, exampleOf(finding));
        if (suppressionMicros > 0) earlier.push({ finding, at: window.to });
      }
    }
    onProgress((at - range.from) / (range.to - range.from));
  }
  const summary = {
    rule_version: rule.metadata.version,
    windows,
    rows_read: rowsRead,
    alerts: found.size,
    alerts_a_week: Number(((found.size * WEEK_MICROS) / (range.to - range.from)).toFixed(2)),
    suppressed: held.size,
    days: daysOf(found, held),
    truncated_windows: truncated,
    top_entities: topEntities(found),
    examples: [...found.values()].slice(0, MOST_EXAMPLES),
  };
  return { summary, found };
}

/** What changes when the tested rule takes the deployed one's place. */
export interface BacktestDiff {
  readonly deployed_version: number;
  readonly alerts_a_week: number;
  readonly added: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly added_examples: BacktestExample[];
  readonly removed_examples: BacktestExample[];
}

export function backtestDiff(deployed: BacktestRun, tested: BacktestRun): BacktestDiff {
  const added = [...tested.found].filter(([id]) => !deployed.found.has(id)).map(([, example]) => example);
  const removed = [...deployed.found].filter(([id]) => !tested.found.has(id)).map(([, example]) => example);
  return {
    deployed_version: deployed.summary.rule_version,
    alerts_a_week: deployed.summary.alerts_a_week,
    added: added.length,
    removed: removed.length,
    unchanged: tested.found.size - added.length,
    added_examples: added.slice(0, MOST_EXAMPLES),
    removed_examples: removed.slice(0, MOST_EXAMPLES),
  };
}

function dayOf({ ends_at }: Pick<Finding, 'ends_at'>): string {
  return ends_at.slice(0, 10);
}

function daysOf(
  found: BacktestRun['found'],
  held: ReadonlyMap<string, { readonly day: string; readonly cause: string }>,
): BacktestDay[] {
  const days = new Map<string, { day: string; alerts: number; suppressed: number; excepted: number }>();
  const count = (day: string, as: 'alerts' | 'suppressed' | 'excepted') => {
    const row = days.get(day) ?? { day, alerts: 0, suppressed: 0, excepted: 0 };
    row[as] += 1;
    days.set(day, row);
  };
  for (const example of found.values()) count(dayOf(example), 'alerts');
  for (const [id, { day, cause }] of held)
    if (!found.has(id)) count(day, cause === 'exception' ? 'excepted' : 'suppressed');
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
}

function topEntities(found: BacktestRun['found']): Backtest['top_entities'] {
  const groups = Map.groupBy(found.values(), ({ entity }) => `${entity.kind} ${entity.value}`);
  return [...groups.values()]
    .map((group) => ({ ...group[0]!.entity, alerts: group.length }))
    .sort((a, b) => b.alerts - a.alerts)
    .slice(0, MOST_ENTITIES);
}

function exampleOf({ title, entity, session_id, starts_at, ends_at, evidence, values }: Finding): BacktestExample {
  return { title, entity, session_id, starts_at, ends_at, evidence, values };
}
