import type { RiskClaim, SessionOutcome, SessionSummary } from '../core/session-summary.ts';
import type { SummarySource, TranscriptSpan } from '../core/summary-source.ts';
import { inertText } from './inert-text.ts';
import { riskKindOfRule } from './risk-kind-of-rule.ts';
import { filesTouched, systemsTouched } from './touched.ts';
import { isCallOnly, isDenied, oneLine } from './transcript.ts';
import { workClassOf } from './work-class-of.ts';

const MOST = { title: 100, asked: 600, summary: 1_200, risks: 10 } as const;
/** Turns of the conversation that are told. */
const TURNS = 4;
const TOOLS_TOLD = 6;

/**
 * A summary without a model: what was asked and answered in the words of the session, what was called how often, what went wrong
 * and what rules found. Deterministic; makes up nothing. Redacted once more, for taking away what is invisible can put a secret together.
 */
export function extractSummary(source: SummarySource, redact: (text: string) => string): SessionSummary {
  const { spans } = source;
  const turns = turnsOf(spans);
  const asked = turns.map(({ request }) => request).filter(Boolean);
  const tools = spans.filter(({ Kind }) => Kind === 'tool');
  const risks = risksOf(source);
  const outcome = outcomeOf(spans, turns, tools);
  const summary: SessionSummary = {
    title: titleOf(source, asked),
    asked: asked
      .slice(0, TURNS)
      .map((text) => oneLine(text, 280))
      .join(' / '),
    summary: [actions(source, tools), troubles(spans), ending(turns, tools)].filter(Boolean).join(' '),
    outcome,
    work_class: workClassOf(asked.join('\n'), tools),
    files: filesTouched(tools),
    systems: systemsTouched(tools),
    risks,
    confidence: confidenceOf(asked.length > 0, outcome, tools.length),
  };
  const safe = (text: string, most: number) => inertText(redact(inertText(text, most)), most);
  return {
    ...summary,
    title: safe(summary.title, MOST.title),
    asked: safe(summary.asked, MOST.asked),
    summary: safe(summary.summary, MOST.summary),
    files: summary.files.map((file) => safe(file, 200)),
    systems: summary.systems.map((system) => safe(system, 100)),
    risks: risks.map((risk) => ({ ...risk, claim: safe(risk.claim, 300) })),
  };
}

interface Turn {
  readonly request: string;
  /** What the model answered last in it, tool calls aside. */
  readonly answer: string;
  readonly failed: boolean;
}

/** A turn begins where the latest request is a new one. */
function turnsOf(spans: readonly TranscriptSpan[]): Turn[] {
  const turns: { request: string; answer: string; failed: boolean }[] = [];
  const known = new Set<string>();
  const read: string[] = [];
  for (const span of spans) {
    const request = span.PromptPreview.trim();
    if (ASKED_IN.has(span.Kind) && isRequest(request, read) && !known.has(request)) {
      known.add(request);
      turns.push({ request, answer: '', failed: false });
    }
    const turn = turns.at(-1);
    if (!ASKED_IN.has(span.Kind)) remember(read, span);
    if (turn === undefined) continue;
    if (ASKED_IN.has(span.Kind) && isAnswer(span)) turn.answer = span.CompletionPreview.trim();
    if (span.Kind === 'llm' || span.Kind === 'tool') turn.failed = span.StatusCode === 'Error';
  }
  return turns;
}

/** Kinds of spans that hold what people asked and models answered; of others the texts are what was read. */
const ASKED_IN: ReadonlySet<string> = new Set(['llm', 'agent', 'chain', '']);
/** Beginnings of texts that were read, so many and so long. */
const READ = { most: 200, length: 60 } as const;

function remember(read: string[], { ToolResultPreview, CompletionPreview, PromptPreview, Kind }: TranscriptSpan): void {
  const texts = Kind === 'retriever' ? [CompletionPreview, ToolResultPreview, PromptPreview] : [ToolResultPreview];
  for (const text of texts) {
    const start = text.trim().slice(0, READ.length);
    if (start.length > 30 && read.length < READ.most) read.push(start);
  }
}

/** Not what an instrumented function was given, and not a retrieved text that is put before the model as a message. */
function isRequest(text: string, read: readonly string[]): boolean {
  return text !== '' && !looksLikeData(text) && !read.some((start) => text.includes(start));
}

function looksLikeData(text: string): boolean {
  return /^[[{]/.test(text);
}

function isAnswer(span: TranscriptSpan): boolean {
  const text = span.CompletionPreview.trim();
  return text !== '' && !isCallOnly(span) && !looksLikeData(text);
}

function titleOf({ spans }: SummarySource, asked: readonly string[]): string {
  if (asked.length > 0) return oneLine(firstSentences(asked[0]!), MOST.title);
  const agent = spans.find(({ AgentName }) => AgentName !== '')?.AgentName || spans[0]!.ServiceName || 'An agent';
  const tools = [...new Set(spans.map(({ ToolName }) => ToolName).filter(Boolean))];
  return tools.length > 0 ? `${agent} called ${tools.slice(0, 3).join(', ')}` : `${agent} ran ${spans[0]!.SpanName}`;
}

/** As many whole sentences as a title holds. */
function firstSentences(text: string): string {
  const line = oneLine(text, 400);
  if (line.length <= MOST.title) return line;
  const ends = [...line.slice(0, MOST.title).matchAll(/[.!?](?= )/g)].map(({ index }) => index);
  const end = ends.findLast((index) => index > 12);
  return end === undefined ? line : line.slice(0, end + 1);
}

function actions({ spans, omitted }: SummarySource, tools: readonly TranscriptSpan[]): string {
  const agents = [...new Set(spans.map(({ AgentName, AgentId }) => AgentName || AgentId).filter(Boolean))];
  const who = agents.slice(0, 3).join(', ') || spans[0]!.ServiceName || 'The agent';
  if (tools.length === 0) return `${who} called no tools.`;
  const counts = [...Map.groupBy(tools, ({ ToolName, SpanName }) => ToolName || SpanName)];
  const told = counts
    .slice(0, TOOLS_TOLD)
    .map(([name, all]) => (all.length > 1 ? `${name} ${all.length} times` : name));
  if (counts.length > TOOLS_TOLD) told.push(`${counts.length - TOOLS_TOLD} other tools`);
  const unread = omitted > 0 ? ` (${omitted} spans of the middle were not read)` : '';
  return `${who} called ${listOf(told)}${unread}.`;
}

function troubles(spans: readonly TranscriptSpan[]): string {
  const denied = spans.filter(({ GuardrailVerdict }) => isDenied(GuardrailVerdict));
  const failed = spans.filter(({ Kind, StatusCode }) => (Kind === 'tool' || Kind === 'llm') && StatusCode === 'Error');
  const parts = [];
  if (denied.length > 0) parts.push(`${namesOf(denied)} ${denied.length > 1 ? 'were' : 'was'} denied`);
  if (failed.length > 0) {
    const why = failed.find(({ StatusMessage }) => StatusMessage !== '')?.StatusMessage;
    parts.push(`${namesOf(failed)} failed${why ? ` (${oneLine(why, 120)})` : ''}`);
  }
  return parts.length > 0 ? `${sentence(listOf(parts))}.` : '';
}

function namesOf(spans: readonly TranscriptSpan[]): string {
  const names = [...Map.groupBy(spans, ({ ToolName, SpanName }) => ToolName || SpanName)];
  return listOf(names.slice(0, 3).map(([name, all]) => (all.length > 1 ? `${name} (${all.length} times)` : name)));
}

function ending(turns: readonly Turn[], tools: readonly TranscriptSpan[]): string {
  const answers = [...new Set(turns.map(({ answer }) => answer).filter(Boolean))];
  const last = answers.at(-1);
  if (last !== undefined) {
    const before = answers.length > 1 ? `${oneLine(answers[0]!, 240)} … ` : '';
    return `It answered: ${before}${oneLine(last, 420)}`;
  }
  const call = tools.findLast(({ ToolResultPreview }) => ToolResultPreview !== '');
  return call === undefined
    ? 'No answer is recorded.'
    : `No answer is recorded; ${call.ToolName || call.SpanName} gave last: ${oneLine(call.ToolResultPreview, 240)}`;
}

const GAVE_UP = /\b(could ?n[o']t|can ?not|can't|unable to|was not able|failed to|did not (find|succeed)|no luck)\b/i;
/** In the result of a last call, as test runners and builds write it. */
const WENT_WRONG = /\b(FAIL|FAILED|failed with|[1-9]\d{0,5} failed|error:|exception|traceback|permission denied)\b/;
const WENT_WELL = /\b([1-9]\d{0,5} passed|passed \(|success(ful(ly)?)?|BUILD SUCCESSFUL|0 failed)\b/i;

function outcomeOf(
  spans: readonly TranscriptSpan[],
  turns: readonly Turn[],
  tools: readonly TranscriptSpan[],
): SessionOutcome {
  const last = turns.at(-1);
  const denied = spans.some(({ GuardrailVerdict }) => isDenied(GuardrailVerdict));
  if (last === undefined || last.answer === '') {
    if (denied) return 'blocked';
    const result = tools.findLast(({ ToolResultPreview }) => ToolResultPreview !== '')?.ToolResultPreview ?? '';
    if (spans.at(-1)!.StatusCode === 'Error' || last?.failed || WENT_WRONG.test(result)) return 'failed';
    return WENT_WELL.test(result) ? 'completed' : 'unclear';
  }
  if (last.failed) return 'failed';
  if (denied || GAVE_UP.test(last.answer) || turns.some(({ failed }) => failed)) return 'partial';
  return 'completed';
}

/** What rules found in it, and what was denied, each with spans of this session; without one a claim is not made. */
function risksOf({ spans, findings }: SummarySource): RiskClaim[] {
  const own = new Map(spans.map(({ TraceId, SpanId }) => [SpanId, TraceId]));
  const found = findings.map(({ rule_id, title, evidence }) => ({
    kind: riskKindOfRule(rule_id),
    claim: title,
    evidence: evidence
      .filter(({ span_id, trace_id }) => own.get(span_id) === trace_id)
      .slice(0, 20)
      .map(({ trace_id, span_id }) => ({ trace_id, span_id })),
  }));
  const denied = spans.filter(({ GuardrailVerdict }) => isDenied(GuardrailVerdict));
  const denials = {
    kind: 'denied' as const,
    claim: `${namesOf(denied)} ${denied.length > 1 ? 'were' : 'was'} denied`,
    evidence: denied.slice(0, 20).map(({ TraceId, SpanId }) => ({ trace_id: TraceId, span_id: SpanId })),
  };
  return [...found, denials].filter(({ evidence }) => evidence.length > 0).slice(0, MOST.risks);
}

/** Rough by nature: how much of a session's story its spans hold. */
function confidenceOf(asked: boolean, outcome: SessionOutcome, tools: number): number {
  return (
    Math.round((0.2 + (asked ? 0.25 : 0) + (outcome === 'unclear' ? 0 : 0.15) + (tools > 0 ? 0.1 : 0)) * 100) / 100
  );
}

function listOf(parts: readonly string[]): string {
  return parts.length < 2 ? (parts[0] ?? '') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
