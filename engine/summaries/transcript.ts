import type { SummarySource, TranscriptSpan } from '../core/summary-source.ts';

/** Where a session's span is to be found by the short name that its transcript gives it. */
export type SpanNames = ReadonlyMap<string, { readonly trace_id: string; readonly span_id: string }>;

export interface Transcript {
  readonly text: string;
  /** Of all spans that the transcript could name, also those whose lines were left out. */
  readonly names: SpanNames;
  /** Lines that did not fit. */
  readonly leftOut: number;
}

/** What a line is about decides what goes when not all fit: the lowest first, from the middle. */
const WEIGHT = { answer: 1, call: 2, request: 3, decision: 4, trouble: 5, frame: 6 } as const;

interface Line {
  readonly text: string;
  readonly weight: number;
  readonly tool: string;
}

/** Of English and JSON a token has about four characters; three is on the safe side. */
const CHARACTERS_PER_TOKEN = 3;
const CLIP = { request: 700, answer: 500, args: 260, result: 260, message: 200, title: 300 } as const;
/** Kept whatever their weight: how it began and how it ended. */
const FIRST = 6;
const LAST = 8;

/**
 * A session as a text of about `tokens` tokens: what rules found, then goals, decisions, tool calls with their results, denials and
 * errors in order. What does not fit is left out from the middle, the least important first, and said to be.
 */
export function buildTranscript(source: SummarySource, tokens: number): Transcript {
  const names = new Map<string, { trace_id: string; span_id: string }>();
  const nameOf = new Map<string, string>();
  source.spans.forEach((span, index) => {
    const name = `s${index + 1}`;
    names.set(name, { trace_id: span.TraceId, span_id: span.SpanId });
    nameOf.set(span.SpanId, name);
  });
  const lines = linesOf(source.spans);
  const head = headOf(source, nameOf);
  let room = tokens * CHARACTERS_PER_TOKEN - head.reduce((sum, line) => sum + line.length + 1, 0);
  const kept = new Set<number>();
  for (const index of inOrderOfWorth(lines)) {
    // Each may come to stand behind a gap of its own.
    const length = lines[index]!.text.length + 1 + NOTE.short;
    if (length > room - NOTE.long) continue;
    kept.add(index);
    room -= length;
  }
  return {
    text: [...head, ...withNotes(lines, kept)].join('\n'),
    names,
    leftOut: lines.length - kept.size,
  };
}

function headOf({ spans, omitted, findings }: SummarySource, nameOf: ReadonlyMap<string, string>): string[] {
  const agents = [...new Set(spans.map(({ AgentName, AgentId }) => AgentName || AgentId).filter(Boolean))];
  const traces = new Set(spans.map(({ TraceId }) => TraceId)).size;
  const first = spans[0]!.Timestamp.slice(0, 19);
  const last = spans.at(-1)!.Timestamp.slice(0, 19);
  const head = [
    `session of ${spans.length + omitted} spans in ${traces} traces, ${first} to ${last} UTC`,
    ...(agents.length > 0 ? [`agents: ${oneLine(agents.slice(0, 10).join(', '), 300)}`] : []),
    ...(omitted > 0 ? [`${omitted} spans in the middle of the session were not read`] : []),
  ];
  for (const { rule_id, title, severity, evidence } of findings.slice(0, 20)) {
    const at = evidence.map(({ span_id }) => nameOf.get(span_id)).filter(Boolean);
    head.push(`rule ${rule_id} found (${severity}): ${oneLine(title, CLIP.title)} at ${at.slice(0, 8).join(' ')}`);
  }
  return head;
}

/** One or more lines a span; what repeats (a conversation is sent again with each call) is told once. */
function linesOf(spans: readonly TranscriptSpan[]): Line[] {
  const said = new Set<string>();
  const fresh = (text: string): boolean => {
    const key = text.trim();
    if (key === '' || said.has(key)) return false;
    said.add(key);
    return true;
  };
  return spans.flatMap((span, index) => {
    const name = `s${index + 1}`;
    const lines: Line[] = [];
    const add = (weight: number, text: string) => lines.push({ text: `${name} ${text}`, weight, tool: span.ToolName });
    if (fresh(span.PromptPreview)) add(WEIGHT.request, `request: ${oneLine(span.PromptPreview, CLIP.request)}`);
    if (span.Kind === 'tool' || span.ToolArgumentsPreview !== '') {
      const where = [span.McpServer && `on ${span.McpServer}`, span.ToolCategory].filter(Boolean).join(', ');
      const call = `call ${span.ToolName || span.SpanName}${where && ` (${where})`}: ${oneLine(span.ToolArgumentsPreview, CLIP.args)}`;
      const result = span.ToolResultPreview === '' ? '' : ` -> ${oneLine(span.ToolResultPreview, CLIP.result)}`;
      add(isTrouble(span) ? WEIGHT.trouble : WEIGHT.call, call + result);
    } else if (span.ToolResultPreview !== '' && fresh(span.ToolResultPreview)) {
      add(WEIGHT.call, `read: ${oneLine(span.ToolResultPreview, CLIP.result)}`);
    }
    if (span.GuardrailVerdict !== '') add(WEIGHT.trouble, `guardrail: ${oneLine(span.GuardrailVerdict, 40)}`);
    if (span.StatusCode === 'Error') add(WEIGHT.trouble, `error: ${oneLine(span.StatusMessage, CLIP.message)}`);
    if (!isCallOnly(span) && fresh(span.CompletionPreview)) {
      const weight = span.Decision === 'final_answer' ? WEIGHT.decision : WEIGHT.answer;
      add(weight, `answer: ${oneLine(span.CompletionPreview, CLIP.answer)}`);
    }
    return lines;
  });
}

/** Whether a guardrail stopped it, a person denied it, or it failed. */
export function isTrouble({ GuardrailVerdict, StatusCode }: TranscriptSpan): boolean {
  return StatusCode === 'Error' || isDenied(GuardrailVerdict);
}

/** A completion that is nothing but calls: some dialects write the tool's name and its arguments. The calls have lines of their own. */
export function isCallOnly({ CompletionPreview, Decision }: TranscriptSpan): boolean {
  return Decision === 'call_tool' || /^\s{0,9}[\w.:/-]{1,80}\s{0,9}[\n(]\s{0,9}\{/.test(CompletionPreview);
}

export function isDenied(verdict: string): boolean {
  return /^(block|blocked|deny|denied|reject|rejected|refuse|refused)$/i.test(verdict);
}

/** Beginning and end, then by weight, and of one weight from both ends towards the middle. */
function inOrderOfWorth(lines: readonly Line[]): number[] {
  const { length } = lines;
  const edge = (index: number) => index < FIRST || index >= length - LAST;
  const distance = (index: number) => Math.min(index, length - 1 - index);
  const weight = (index: number) => (edge(index) ? WEIGHT.frame : lines[index]!.weight);
  return [...lines.keys()].sort((a, b) => weight(b) - weight(a) || distance(a) - distance(b) || a - b);
}

/** The longest gap tells which tools were called in it. */
function withNotes(lines: readonly Line[], kept: ReadonlySet<number>): string[] {
  const out: (string | Line[])[] = [];
  let gap: Line[] = [];
  const close = () => {
    if (gap.length > 0) out.push(gap);
    gap = [];
  };
  lines.forEach((line, index) => {
    if (!kept.has(index)) gap.push(line);
    else {
      close();
      out.push(line.text);
    }
  });
  close();
  const longest = Math.max(...out.map((one) => (typeof one === 'string' ? 0 : one.length)));
  return out.map((one) => (typeof one === 'string' ? one : noteOf(one, one.length === longest && one.length > 3)));
}

/** `[1234 lines left out]`, and with the names of tools. */
const NOTE = { short: 24, long: 110 } as const;

function noteOf(gap: readonly Line[], tells: boolean): string {
  const note = `${gap.length} ${gap.length > 1 ? 'lines' : 'line'} left out`;
  const tools = tells ? countsOf(gap.map(({ tool }) => tool).filter(Boolean)) : [];
  return tools.length === 0
    ? `[${note}]`
    : oneLine(`[${note}, calls of ${tools.slice(0, 4).join(', ')} among them]`, NOTE.long);
}

function countsOf(names: readonly string[]): string[] {
  const counts = Map.groupBy(names, (name) => name);
  return [...counts].sort(([, a], [, b]) => b.length - a.length).map(([name, all]) => `${name} (${all.length})`);
}

/** Text of anybody's on one line of at most `most` characters. */
export function oneLine(text: string, most: number): string {
  const line = text
    .slice(0, most * 3)
    .replace(/[\s\p{Cc}\u2028\u2029]+/gu, ' ')
    .trim();
  return line.length <= most ? line : `${line.slice(0, most - 1).toWellFormed()}…`;
}
