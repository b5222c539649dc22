import type { Attributes } from '@opentelemetry/api';
import type { Arguments, Story, StoryDocument, Turn } from './story.ts';

/** A tool call as the model asked for it, with what the tool answered. */
export interface Call {
  readonly id: string;
  readonly tool: string;
  readonly args: Arguments;
  readonly result: string;
}

export type Message =
  | { readonly role: 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly call?: Call }
  | { readonly role: 'tool'; readonly call: Call };

export interface Tokens {
  readonly input: number;
  readonly output: number;
}

interface Moment {
  readonly story: Story;
  readonly sessionId: string;
  /** Milliseconds that it took. */
  readonly took: number;
}

/** A user's message and all that the agent did about it. */
interface TurnMoment extends Moment {
  readonly turn: Turn;
  readonly turnNumber: number;
  /** The conversation up to and with the user's message. */
  readonly messages: readonly Message[];
  /** Model calls in the turn. */
  readonly steps: number;
  readonly tokens: Tokens;
}

/** One call of the model. */
interface ModelMoment extends Moment {
  readonly messages: readonly Message[];
  readonly reply: Message & { role: 'assistant' };
  /** Counts the model calls of the turn, from one. */
  readonly step: number;
  readonly tokens: Tokens;
}

interface ToolMoment extends Moment {
  readonly call: Call;
}

interface RetrievalMoment extends Moment {
  readonly query: string;
  readonly documents: readonly StoryDocument[];
}

export interface SpanDraft {
  readonly name: string;
  readonly kind: 'internal' | 'client';
  readonly attributes: Attributes;
  readonly events?: readonly { readonly name: string; readonly attributes: Attributes }[];
}

/**
 * How the instrumentation of one dialect writes what happened. Each answer is a nest of spans, outermost first; what happens
 * during a turn goes below its innermost span.
 */
export interface DialectWriter {
  /** Name and version of the instrumentation library. */
  readonly scope: (story: Story) => { readonly name: string; readonly version: string };
  readonly resource: (story: Story) => Attributes;
  readonly turn: (moment: TurnMoment) => readonly SpanDraft[];
  readonly model: (moment: ModelMoment) => readonly SpanDraft[];
  readonly tool: (moment: ToolMoment) => readonly SpanDraft[];
  readonly retrieval: (moment: RetrievalMoment) => readonly SpanDraft[];
}
