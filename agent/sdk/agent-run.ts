import { isPromise } from 'node:util/types';
import { type Attributes, context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import { inScope, type RunCounts } from './process-state.ts';
import { tagsOf } from './tag-agent.ts';

export interface AgentRunOptions {
  /** Default: one of the global tracer provider. */
  readonly tracer?: Tracer;
  /** More of the run's own span. */
  readonly attributes?: Attributes;
}

/** One run of an agent: from the call of it to its answer. */
export interface AgentRun {
  readonly span: Span;
  /** Runs work as part of the run: its spans are children and of this agent. */
  within<T>(work: () => T): T;
}

interface OpenRun extends AgentRun {
  readonly counts: RunCounts;
  ended: boolean;
}

/**
 * Starts a run of an agent, tagged before or described here: the span `invoke_agent`. Whoever starts one must end it with
 * `endAgent`, which `withAgent` sees to. Throws USAGE for an agent without name and id.
 */
export function startAgent(agent: object, { tracer, attributes }: AgentRunOptions = {}): AgentRun {
  const tags = tagsOf(agent);
  const counts: RunCounts = { step: 0, modelCalls: 0 };
  const scope = { agent: tags, run: counts };
  const span = inScope(scope, () =>
    (tracer ?? trace.getTracer('spanwarden')).startSpan(`invoke_agent ${tags.name}`, {
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.id': tags.id,
        'gen_ai.agent.name': tags.name,
        ...(tags.version !== '' && { 'gen_ai.agent.version': tags.version }),
        ...attributes,
      },
    }),
  );
  const parent = trace.setSpan(context.active(), span);
  const run: OpenRun = {
    span,
    counts,
    ended: false,
    within: (work) => inScope(scope, () => context.with(parent, work)),
  };
  return run;
}

/**
 * Ends a run and says how many steps it took: the highest step of its decisions, else their number, else its model calls. An
 * error that ended it is noted as its type and message. Ending twice changes nothing.
 */
export function endAgent(run: AgentRun, error?: unknown): void {
  const { span, counts } = run as OpenRun;
  if ((run as OpenRun).ended) return;
  (run as OpenRun).ended = true;
  if (span.isRecording() && (span as { attributes?: Attributes }).attributes?.[STEP_COUNT] === undefined) {
    span.setAttribute(STEP_COUNT, counts.step || counts.modelCalls);
  }
  if (error !== undefined) noteError(span, error);
  span.end();
}

const STEP_COUNT = 'gen_ai.agent.step.count';

/** Runs `work` as a run of the agent, and ends the run however the work ends: answer, exception, rejection. */
export function withAgent<T>(agent: object, work: (run: AgentRun) => T, options?: AgentRunOptions): T {
  const run = startAgent(agent, options);
  return endingWith(
    () => run.within(() => work(run)),
    (error) => endAgent(run, error),
  );
}

/** Calls `end` once when the work is over, with what it threw; the work's own answer or error passes through. */
export function endingWith<T>(work: () => T, end: (error?: unknown, answer?: Awaited<T>) => void): T {
  let answer: T;
  try {
    answer = work();
  } catch (error) {
    end(error ?? new Error('nothing was thrown'));
    throw error;
  }
  if (!isThenable(answer)) {
    end(undefined, answer as Awaited<T>);
    return answer;
  }
  // A client's own kind of promise goes back as it is, with the methods it adds; what only looks like one may act at each `then`.
  const promise = isPromise(answer) ? answer : Promise.resolve(answer);
  promise.then(
    (value) => end(undefined, value as Awaited<T>),
    (error: unknown) => end(error ?? new Error('nothing was thrown')),
  );
  return promise as T;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
}

/** Notes an error on a span that it ended. The message is redacted with the rest of the span. */
export function noteError(span: Span, error: unknown): void {
  const known = error instanceof Error ? error : new Error(typeof error === 'string' ? error : 'not an Error');
  span.setAttribute('error.type', known.name);
  span.recordException(known);
  span.setStatus({ code: SpanStatusCode.ERROR, message: known.message });
}
