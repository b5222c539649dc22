export type DemoDialect = 'otel-genai' | 'openinference' | 'openllmetry' | 'vercel-ai' | 'claude-code';

interface StoryAgent {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly description: string;
  /** The system prompt. */
  readonly system: string;
}

/** What an agent does between a user's message and its answer. */
export type Step =
  | { readonly kind: 'call'; readonly tool: string; readonly args: Arguments; readonly result: string }
  | { readonly kind: 'retrieve'; readonly query: string; readonly documents: readonly StoryDocument[] };

export type Arguments = Readonly<Record<string, string | number | boolean>>;

export interface StoryDocument {
  readonly id: string;
  readonly content: string;
  readonly score: number;
}

export interface Turn {
  readonly user: string;
  readonly steps: readonly Step[];
  readonly answer: string;
}

/**
 * A session as a person would tell it, in no dialect. Each turn becomes a trace: the model is called before every step and once
 * more for the answer.
 */
export interface Story {
  /** Unique, kebab-case: trace, span and session ids are made from it. */
  readonly name: string;
  /** What happens, in one line. */
  readonly title: string;
  readonly dialect: DemoDialect;
  /** Rules that this session must raise; empty when it is benign. */
  readonly raises: readonly string[];
  /** When it began, before the demo's base time. */
  readonly minutesAgo: number;
  /** `service.name` of the process that runs the agent. */
  readonly service: string;
  readonly agent: StoryAgent;
  readonly provider: string;
  readonly model: string;
  /** E-mail address or account of the person whose session it is. */
  readonly user: string;
  /** Name of what set the run off, when no person did: `scheduled_weekly_report`. */
  readonly trigger?: string;
  readonly turns: readonly Turn[];
}

export function call(tool: string, args: Arguments, result: string): Step {
  return { kind: 'call', tool, args, result };
}

export function retrieve(query: string, documents: readonly StoryDocument[]): Step {
  return { kind: 'retrieve', query, documents };
}
