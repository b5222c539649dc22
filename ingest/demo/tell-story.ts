import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { demoId, demoNumber } from './demo-id.ts';
import type { Call, DialectWriter, Message, SpanDraft, Tokens } from './dialect-writer.ts';
import { readableSpan, type SpanIds } from './readable-span.ts';
import type { Step, Story, Turn } from './story.ts';

const MINUTE_MS = 60_000;
/** Pauses between two turns, and between two things that happen in one. */
const TURN_PAUSE_MS = 25_000;
const PAUSE_MS = 3;
/** Rough size of a token, as everyone estimates it. */
const CHARACTERS_PER_TOKEN = 4;

type CallStep = Extract<Step, { kind: 'call' }>;
type RetrieveStep = Extract<Step, { kind: 'retrieve' }>;

/**
 * The spans that a story's agent would have exported, in the order in which they end. Ids come from the story's name, times from
 * `baseTime` (milliseconds since 1970): telling it again gives the same spans.
 */
export function tellStory(story: Story, writer: DialectWriter, baseTime: number): ReadableSpan[] {
  const source = { resource: resourceFromAttributes(writer.resource(story)), scope: writer.scope(story) };
  const moment = { story, sessionId: `${story.name}-${demoId(12, 'session', story.name)}` };
  const messages: Message[] = [];
  const spans: ReadableSpan[] = [];
  let clock = baseTime - story.minutesAgo * MINUTE_MS;

  /** Adds a nest of spans, innermost first: that is the order in which spans end. */
  function add(
    drafts: readonly SpanDraft[],
    own: SpanIds,
    parent: SpanIds | undefined,
    start: number,
    end: number,
  ): void {
    const ids = drafts.map((_, at) =>
      at === drafts.length - 1 ? own : { ...own, spanId: demoId(16, own.spanId, at) },
    );
    for (let at = drafts.length - 1; at >= 0; at--) {
      const place = { own: ids[at]!, parent: ids[at - 1] ?? parent, start: start + at, end: end - at };
      spans.push(readableSpan(drafts[at]!, place, source));
    }
  }

  function happen(turn: SpanIds, what: string, took: number, drafts: readonly SpanDraft[]): void {
    const start = clock + PAUSE_MS;
    clock = start + took;
    add(drafts, { traceId: turn.traceId, spanId: demoId(16, turn.spanId, what) }, turn, start, clock);
  }

  /** The model asks for a call, or answers when none is left. */
  function think(turn: SpanIds, number: number, call: Call | undefined, answer: string): Tokens {
    const reply = { role: 'assistant', text: call ? '' : answer, ...(call && { call }) } as const;
    const tokens = {
      input: tokensOf([story.agent.system, ...messages.map(textOf)].join('')),
      output: tokensOf(textOf(reply)),
    };
    const took = demoNumber(600, 1_900, 'model', turn.spanId, number);
    happen(
      turn,
      `model ${number}`,
      took,
      writer.model({ ...moment, took, messages: [...messages], reply, step: number, tokens }),
    );
    messages.push(reply);
    return tokens;
  }

  function use(turn: SpanIds, number: number, call: Call): void {
    const took = demoNumber(40, 700, 'tool', turn.spanId, number);
    happen(turn, `tool ${number}`, took, writer.tool({ ...moment, took, call }));
    messages.push({ role: 'tool', call });
  }

  /** What was retrieved is put before the model with the user's message. */
  function retrieve(turn: SpanIds, { query, documents }: RetrieveStep): void {
    const took = demoNumber(30, 250, 'retrieval', turn.spanId, query);
    happen(turn, `retrieval ${query}`, took, writer.retrieval({ ...moment, took, query, documents }));
    messages.push({
      role: 'user',
      text: `Context:\n${documents.map(({ id, content }) => `[${id}] ${content}`).join('\n')}`,
    });
  }

  function tell(turn: Turn, turnNumber: number): void {
    const own = {
      traceId: demoId(32, 'trace', story.name, turnNumber),
      spanId: demoId(16, 'turn', story.name, turnNumber),
    };
    const start = clock;
    messages.push({ role: 'user', text: turn.user });
    const asked = [...messages];
    const calls = turn.steps.filter((step): step is CallStep => step.kind === 'call');
    const tokens: Tokens[] = [];
    for (const step of turn.steps) {
      if (step.kind === 'retrieve') {
        retrieve(own, step);
        continue;
      }
      const number = tokens.length + 1;
      const call = { id: `call_${demoId(24, own.spanId, number)}`, ...step };
      tokens.push(think(own, number, call, turn.answer));
      use(own, number, call);
    }
    tokens.push(think(own, calls.length + 1, undefined, turn.answer));
    const took = clock - start;
    const drafts = writer.turn({
      ...moment,
      took,
      turn,
      turnNumber,
      messages: asked,
      steps: tokens.length,
      tokens: sum(tokens),
    });
    clock += drafts.length;
    add(drafts, own, undefined, start, clock);
    clock += TURN_PAUSE_MS;
  }

  for (const [index, turn] of story.turns.entries()) tell(turn, index + 1);
  return spans;
}

function sum(tokens: readonly Tokens[]): Tokens {
  return tokens.reduce((a, b) => ({ input: a.input + b.input, output: a.output + b.output }));
}

function tokensOf(text: string): number {
  return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

function textOf(message: Message): string {
  if (message.role === 'tool') return message.call.result;
  return message.role === 'assistant' && message.call ? JSON.stringify(message.call.args) : message.text;
}
