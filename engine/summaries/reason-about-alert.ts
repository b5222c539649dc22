import type { RiskKind } from '../core/session-summary.ts';
import type { TranscriptSpan } from '../core/summary-source.ts';
import { RANKS, type Triage, type Verdict } from '../core/triage.ts';
import type { Closes, TriageSource } from '../core/triage-source.ts';
import { inertText } from './inert-text.ts';
import { riskKindOfRule } from './risk-kind-of-rule.ts';
import { isDenied } from './transcript.ts';

/** A fact that speaks for or against, in words free of content, and the spans that show it. */
interface Fact {
  readonly weight: number;
  readonly says: string;
  readonly spans?: readonly TranscriptSpan[];
  readonly asks?: string;
}

const MALICIOUS_FROM = 5;
const MOST_CITED = 10;
/** Closes of one entity, or of a rule, from which a habit of people can be told. */
const HABIT = { entity: 2, rule: 8, share: 0.8 } as const;

const SEVERITY: Readonly<Record<string, number>> = { critical: 3, high: 2, medium: 1 };
/** Rules of these kinds tell of somebody's intent rather than of a fault. */
const HOSTILE: ReadonlySet<RiskKind> = new Set([
  'exfiltration',
  'secret_exposure',
  'prompt_injection',
  'destructive_action',
  'permission_bypass',
  'memory_poisoning',
  'money_moved',
]);

const QUESTIONS: Readonly<Record<RiskKind, string>> = {
  exfiltration: 'What exactly was sent out, and is the receiver one that the organisation works with?',
  secret_exposure: 'Is the secret still valid, and who could have read it since?',
  prompt_injection: 'Who wrote the content that the agent read, and who else may have read it?',
  destructive_action: 'Was the deletion asked for by a person, and can it be undone?',
  permission_bypass: 'Who gave the agent this permission, and is it still wanted?',
  memory_poisoning: 'What was written to memory, and which sessions have read it since?',
  money_moved: 'Does a person who may decide on it confirm the payment?',
  access_changed: 'Who asked for the change of access, and does its owner confirm it?',
  behaviour_changed: 'Was a new version of the agent, its prompt or its tools deployed at this time?',
  runaway: 'Is the agent still running, and what does it try again and again?',
  denied: 'What did the agent try that was denied, and did it get there another way?',
  other: 'Did the person who started the session mean this to happen?',
};

/**
 * A first look at an alert from its own facts, without a model: how grave its rule is, what its spans show (outside content, a way
 * out, denials), what else fired in the session, and how people closed such alerts before. `likely_benign` takes
 * people's earlier closes: nothing that an agent reads or writes leads there. The same facts give the same answer.
 */
export function reasonAboutAlert(source: TriageSource, redact: (text: string) => string): Triage {
  const { alert, spans } = source;
  const habit = habitOf(source);
  const facts = [...ofTheRule(source), ...ofSpans(spans), ...ofTheSession(source), ...habit.facts];
  const score = facts.reduce((sum, { weight }) => sum + weight, 0);
  const verdict = verdictOf(score, habit.benign);
  const cited = [...new Set(facts.flatMap((fact) => fact.spans ?? []))];
  const evidence = (cited.length > 0 ? cited : spans.slice(0, 3))
    .slice(0, MOST_CITED)
    .map(({ TraceId, SpanId }) => ({ trace_id: TraceId, span_id: SpanId }));
  const questions = [QUESTIONS[riskKindOfRule(alert.rule_id)], ...facts.flatMap(({ asks }) => asks ?? [])];
  const says = facts.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).map((fact) => fact.says);
  return {
    verdict,
    reasoning: inertText(redact(`${says.join('; ')}.`), 1_000),
    questions: [...new Set(questions)].slice(0, 6).map((question) => inertText(redact(question), 300)),
    evidence,
    confidence: Math.min(0.9, 0.3 + 0.1 * facts.filter(({ weight }) => weight !== 0).length),
  };
}

function verdictOf(score: number, benign: boolean): Verdict {
  if (benign && score < MALICIOUS_FROM) return 'likely_benign';
  return score >= MALICIOUS_FROM ? 'likely_malicious' : 'suspicious';
}

/** A model may lift an alert in the queue; it can't push it below what the facts alone say, for it read hostile content. */
export function rankOf(verdict: Verdict, byFacts: Verdict): number {
  return Math.max(RANKS[verdict], RANKS[byFacts]);
}

function ofTheRule({ alert }: TriageSource): Fact[] {
  const kind = riskKindOfRule(alert.rule_id);
  const facts: Fact[] = [
    {
      weight: SEVERITY[alert.severity] ?? 0,
      says: `The rule is of ${alert.severity} severity, risk ${alert.risk_score}`,
    },
  ];
  if (HOSTILE.has(kind)) facts.push({ weight: 1, says: `it looks for ${kind.replaceAll('_', ' ')}` });
  if (alert.rule_status !== 'stable')
    facts.push({ weight: -1, says: `the rule is ${inertText(alert.rule_status, 30)}, not stable` });
  if (alert.count >= 3) facts.push({ weight: 1, says: `it matched ${alert.count} times` });
  return facts;
}

function ofSpans(spans: readonly TranscriptSpan[]): Fact[] {
  const facts: Fact[] = [];
  if (spans.length === 0) {
    facts.push({ weight: 0, says: 'none of its spans is stored any more' });
    return facts;
  }
  const outside = spans.filter(({ InputSource, WriteProvenance }) =>
    [InputSource, WriteProvenance].includes('external'),
  );
  const out = spans.filter(({ ToolDirection }) => ToolDirection === 'output');
  const denied = spans.filter(({ GuardrailVerdict }) => isDenied(GuardrailVerdict));
  const failed = spans.filter(({ StatusCode, Kind }) => Kind === 'tool' && StatusCode === 'Error');
  const called = spans.filter(({ Kind }) => Kind === 'tool');
  if (outside.length > 0) {
    facts.push({ weight: 1, says: `${many(outside.length, 'span')} of it worked on outside content`, spans: outside });
  }
  const later = out.filter(({ Timestamp }) => outside.some((span) => span.Timestamp < Timestamp));
  if (later.length > 0) {
    facts.push({
      weight: 2,
      says: `something was sent out after that, by ${toolsOf(later)}`,
      spans: later,
      asks: `Did anybody ask for what ${toolsOf(later)} sent?`,
    });
  } else if (out.length > 0) {
    facts.push({ weight: 1, says: `${toolsOf(out)} sent something out`, spans: out });
  }
  if (denied.length > 0) {
    facts.push({
      weight: 0,
      says: `a guardrail or a person denied ${many(denied.length, 'step')}`,
      spans: denied,
      asks: 'Did the agent reach the same end by another tool after it was denied?',
    });
  }
  if (called.length > 0 && failed.length === called.length) {
    facts.push({ weight: -1, says: 'every call in it failed', spans: failed });
  }
  return facts;
}

function ofTheSession({ rulesBeside, summary }: TriageSource): Fact[] {
  const facts: Fact[] = [];
  if (rulesBeside.length > 0) {
    const named = rulesBeside.slice(0, 3).map((id) => inertText(id, 80));
    facts.push({
      weight: Math.min(2, rulesBeside.length),
      says: `the session also set off ${named.join(', ')}${rulesBeside.length > 3 ? ' and others' : ''}`,
      asks: 'Are the alerts of this session steps of one attack?',
    });
  }
  if (summary !== undefined) {
    const work = summary.work_class.replaceAll('_', ' ');
    facts.push({ weight: 0, says: `the session's work was ${work} and ended ${summary.outcome}` });
  }
  return facts;
}

/** What people made of such alerts. Duplicates say nothing. */
function habitOf({ closes: { sameEntity, sameRule } }: TriageSource): { facts: Fact[]; benign: boolean } {
  const facts: Fact[] = [];
  const entity = judged(sameEntity);
  const rule = judged(sameRule);
  if (entity.real > 0) {
    facts.push({ weight: 2, says: `people closed ${many(entity.real, 'alert')} of this rule and entity as real` });
  }
  const benign = entity.real === 0 && isHabit(entity, HABIT.entity);
  const ofRule = entity.real === 0 && isHabit(rule, HABIT.rule);
  if (benign) {
    facts.push({
      weight: -3,
      says: `people closed ${entity.harmless} of ${many(entity.all, 'alert')} of this rule and entity as harmless`,
      asks: 'Is this the same as what was closed before, or does it only look like it?',
    });
  } else if (ofRule) {
    facts.push({
      weight: -2,
      says: `people closed ${rule.harmless} of ${many(rule.all, 'alert')} of this rule as harmless`,
    });
  }
  if (rule.all === 0) facts.push({ weight: 0, says: 'no alert of this rule was closed before' });
  return { facts, benign: benign || ofRule };
}

interface Judged {
  readonly real: number;
  readonly harmless: number;
  readonly all: number;
}

function judged({ true_positive: real = 0, false_positive = 0, benign = 0 }: Closes): Judged {
  const harmless = false_positive + benign;
  return { real, harmless, all: real + harmless };
}

function isHabit({ harmless, all }: Judged, least: number): boolean {
  return all >= least && harmless / all >= HABIT.share;
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function toolsOf(spans: readonly TranscriptSpan[]): string {
  const names = [...new Set(spans.map(({ ToolName }) => inertText(ToolName, 40)).filter(Boolean))];
  if (names.length === 0) return 'the agent';
  return names.length > 3 ? `${names.slice(0, 3).join(', ')} and others` : names.join(', ');
}
