import type { Session } from './session.ts';

/** Columns of a session's spans that judging its calls takes. */
export const PROVENANCE_COLUMNS = [
  'TraceId',
  'SpanId',
  'Timestamp',
  'Kind',
  'AgentId',
  'ToolName',
  'ToolCallId',
  'ToolDirection',
  'ToolCategory',
  'MemoryOperation',
  'TrustedRefs',
  'UntrustedRefs',
  'RequestKinds',
  'RequestDelegates',
  'RequestWords',
  'Calls.Id',
  'Calls.Tool',
  'Calls.Kinds',
  'Calls.Objects',
  'Calls.Words',
  'Calls.Refs',
  'Instructions.Strength',
  'Instructions.Kinds',
  'Instructions.Words',
  'Instructions.Refs',
  'Instructions.Targets',
] as const;

export type ProvenanceSpan = Session<(typeof PROVENANCE_COLUMNS)[number]>['spans'][number];

/** A call that untrusted text asked for and the user did not. */
export interface InstructedCall {
  /** The call, or the model's answer that asks for it where calls have no spans of their own. */
  readonly call: ProvenanceSpan;
  readonly tool: string;
  /** The span that the instruction came in with. */
  readonly source: ProvenanceSpan;
  /** Salient values that stand in the instruction and in the call's arguments, and nowhere in what the user said. */
  readonly sharedValues: number;
  /** The user asked for this kind of action too, with other values. */
  readonly alsoAsked: boolean;
  /** The call takes outward what other results brought in: the spans that did. */
  readonly carries: readonly ProvenanceSpan[];
}

// Kinds of action, the bits of engine/redaction/provenance/words-of-language.ts.
const SENDS = 1;
const PAYS = 2;
const GRANTS = 32;
const PUBLISHES = 128;
const RUNS = 64;
const RUNS_ANYTHING = 1024;
const ACTING = 255;
const OUTWARD = SENDS | PAYS | GRANTS | PUBLISHES;

/** An instruction that no value ties to the call must fit it closely; a call with more of its own to say does not come from it alone. */
const MOST_OWN_WORDS = 8;
/** Share of a call's own words that stand in an instruction that spells the call out. */
const WORDED = 0.5;
/** Share of an instruction's words that a call repeats when it only passes the sentence on. */
const QUOTED = 0.85;

interface Instruction {
  readonly span: ProvenanceSpan;
  /** The user named what brought it in. */
  readonly named: boolean;
  readonly strength: number;
  readonly kinds: number;
  readonly words: ReadonlySet<number>;
  readonly refs: ReadonlySet<string>;
  readonly targets: ReadonlySet<string>;
}

interface Call {
  readonly span: ProvenanceSpan;
  readonly tool: string;
  readonly kinds: number;
  readonly objects: readonly number[];
  readonly words: readonly number[];
  readonly refs: readonly string[];
}

interface Story {
  readonly userRefs: Set<string>;
  readonly userWords: Set<number>;
  userKinds: number;
  delegates: boolean;
  readonly instructions: Instruction[];
  readonly read: ProvenanceSpan[];
}

/**
 * The acting calls of a session that a sentence of untrusted text asked for and the user did not. Works on hashes: nothing here sees
 * text. Linear in spans, and in calls times instructions, of which a span holds a bounded number.
 */
export function instructedCalls(spans: readonly ProvenanceSpan[]): InstructedCall[] {
  const story: Story = {
    userRefs: new Set(),
    userWords: new Set(),
    userKinds: 0,
    delegates: false,
    instructions: [],
    read: [],
  };
  const withSpans = new Set(spans.filter(({ Kind }) => Kind !== 'llm').map(({ ToolName }) => ToolName));
  const found: InstructedCall[] = [];
  for (const span of spans) {
    for (const ref of span.TrustedRefs) story.userRefs.add(ref);
    for (const word of span.RequestWords) story.userWords.add(word);
    story.userKinds |= span.RequestKinds;
    story.delegates ||= span.RequestDelegates;
    // what a model reads is there before it answers, what a call brings only after it
    if (span.Kind === 'llm') takeIn(span, story);
    for (const call of actingCalls(span, withSpans)) {
      const hit = judge(call, story);
      if (hit !== undefined) found.push(hit);
    }
    if (span.Kind !== 'llm') takeIn(span, story);
  }
  return found;
}

function takeIn(span: ProvenanceSpan, story: Story): void {
  if (span.UntrustedRefs.length > 0 && span.Kind !== 'llm') story.read.push(span);
  if (span['Instructions.Strength'].length === 0) return;
  const isUsers = (ref: string): boolean => story.userRefs.has(ref);
  const named =
    span.UntrustedRefs.some(isUsers) ||
    span['Calls.Refs'].some((refs) => refs.some(isUsers)) ||
    span['Calls.Words'].some((words) => words.some((word) => story.userWords.has(word)));
  span['Instructions.Strength'].forEach((strength, index) => {
    story.instructions.push({
      span,
      named,
      strength,
      kinds: span['Instructions.Kinds'][index]!,
      words: new Set(span['Instructions.Words'][index]!),
      refs: new Set(span['Instructions.Refs'][index]!),
      targets: new Set(span['Instructions.Targets'][index]!),
    });
  });
}

/** Calls that do more than read. A model's request counts where the tool has no spans of its own. */
function actingCalls(span: ProvenanceSpan, withSpans: ReadonlySet<string>): Call[] {
  const calls = span['Calls.Tool'].map((tool, index) => ({
    span,
    tool,
    kinds: span['Calls.Kinds'][index]!,
    objects: span['Calls.Objects'][index]!,
    words: span['Calls.Words'][index]!,
    refs: span['Calls.Refs'][index]!,
  }));
  if (span.Kind === 'llm') return calls.filter(({ tool, kinds }) => !withSpans.has(tool) && (kinds & ACTING) !== 0);
  return span.ToolDirection === 'input' ? [] : calls;
}

function judge(call: Call, story: Story): InstructedCall | undefined {
  const own = call.refs.filter((ref) => !story.userRefs.has(ref));
  const ownWords = call.words.filter((word) => !story.userWords.has(word));
  const asked = (call.kinds & story.userKinds & ACTING) !== 0;
  const askedObject = call.objects.length === 0 || call.objects.some((word) => story.userWords.has(word));
  for (const instruction of story.instructions) {
    if (instruction.strength < 2 || (story.delegates && instruction.named)) continue;
    const shared = own.filter((ref) => instruction.refs.has(ref)).length;
    const sharedWords = ownWords.filter((word) => instruction.words.has(word)).length;
    const worded = sharedWords >= 2 && sharedWords >= WORDED * ownWords.length;
    const commanded = instruction.strength === 3;
    let follows: boolean;
    if (runsAnything(call)) {
      // What it does is in its arguments. Documents of a project say which commands to run: only one that reaches out is suspicious.
      follows =
        (shared > 0 || worded) && call.refs.some((ref) => instruction.targets.has(ref) && !story.userRefs.has(ref));
    } else {
      const kind = (call.kinds & instruction.kinds & ACTING) !== 0 || ((call.kinds & RUNS) !== 0 && worded);
      const object = call.objects.some((word) => instruction.words.has(word));
      const tied = shared > 0 && (commanded || !(asked && askedObject));
      follows =
        ((kind || object) && (tied || (worded && !asked))) ||
        (commanded && kind && object && !asked && ownWords.length < MOST_OWN_WORDS);
    }
    if (!follows || quotes(call, instruction)) continue;
    return {
      call: call.span,
      tool: call.tool,
      source: instruction.span,
      sharedValues: shared,
      alsoAsked: asked,
      carries: carriedBy(call, own, instruction, story),
    };
  }
  return undefined;
}

/** A shell or an interpreter: the tool's name does not say what a call of it does. */
function runsAnything({ kinds, span }: Call): boolean {
  return (kinds & RUNS_ANYTHING) !== 0 || span.ToolCategory === 'code_execution';
}

/** The call carries the sentence on as content: it repeats nearly every word of it, the verb included. */
function quotes(call: Call, instruction: Instruction): boolean {
  const words = new Set(call.words);
  let repeated = 0;
  for (const word of instruction.words) if (words.has(word)) repeated++;
  return repeated >= QUOTED * instruction.words.size;
}

/**
 * For a call that reaches outward: who brought in what it takes along. What stands in the instruction's own source may be part of
 * what was asked for, so only content that came from elsewhere counts.
 */
function carriedBy(call: Call, own: readonly string[], instruction: Instruction, story: Story): ProvenanceSpan[] {
  const outward = (call.kinds & OUTWARD) !== 0 || ['email', 'external_api'].includes(call.span.ToolCategory);
  if (!outward) return [];
  const source = new Set(instruction.span.UntrustedRefs);
  const payload = new Set(own.filter((ref) => !instruction.refs.has(ref) && !source.has(ref)));
  if (payload.size === 0) return [];
  return story.read.filter((span) => span.UntrustedRefs.some((ref) => payload.has(ref)));
}
