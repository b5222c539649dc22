import { type Attributes, diag, type Span, type Tracer, trace } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { normalise } from '../../engine/core/dialects/normalise.ts';
import { currentScope } from './process-state.ts';
import { quietly } from './quietly.ts';
import { readSpan } from './read-span.ts';

export const DECISIONS = ['call_tool', 'handoff', 'final_answer', 'reflect', 'stop'] as const;

export interface Decision {
  readonly decision: (typeof DECISIONS)[number];
  /** 1 is the first; default: one more than the run's last. */
  readonly step?: number;
  /** The tool that is called, or the agent that is handed to. */
  readonly tool?: string;
  /** Short. What a model says of itself explains, and proves nothing: rules go by the decision and what it was made on. */
  readonly reason?: string;
}

export interface DecisionOptions {
  /** Where to write it; default: the active span when it is a model's call, else a span `agent_step` of its own. */
  readonly span?: Span;
  readonly tracer?: Tracer;
}

/**
 * Records what an agent decided in a step. A decision of another name is not recorded and said to OpenTelemetry's diag; nothing is
 * ever thrown.
 */
export function recordDecision(decision: Decision, options: DecisionOptions = {}): void {
  if (!DECISIONS.includes(decision.decision)) {
    diag.warn(`spanwarden: a decision is one of ${DECISIONS.join(', ')}`);
    return;
  }
  const step = countStep(decision.step);
  const attributes: Attributes = {
    'gen_ai.agent.decision': decision.decision,
    ...(step !== undefined && { 'gen_ai.agent.step': step }),
    ...(decision.tool !== undefined && { 'gen_ai.agent.decision.tool': decision.tool }),
    ...(decision.reason !== undefined && { 'gen_ai.agent.decision.reason': decision.reason }),
  };
  const target = options.span ?? activeModelCall();
  if (target?.isRecording()) {
    target.setAttributes(attributes);
    return;
  }
  const tracer = options.tracer ?? trace.getTracer('spanwarden');
  tracer
    .startSpan(`agent_step ${decision.decision}`, {
      attributes: { 'gen_ai.operation.name': 'agent_step', ...attributes },
    })
    .end();
}

function countStep(given: number | undefined): number | undefined {
  const { run } = currentScope();
  const step = given !== undefined && Number.isInteger(given) && given > 0 ? given : run && run.step + 1;
  if (run !== undefined && step !== undefined) run.step = Math.max(run.step, step);
  return step;
}

/** The model's call that the decision came from, while its span is open and holds no decision yet. */
function activeModelCall(): Span | undefined {
  const active = trace.getActiveSpan();
  const attributes = (active as Partial<ReadableSpan> | undefined)?.attributes;
  if (active === undefined || attributes === undefined || attributes['gen_ai.agent.decision'] !== undefined)
    return undefined;
  const kind = quietly(() => normalise(readSpan(active as unknown as ReadableSpan)).agent.kind, '');
  return kind === 'llm' ? active : undefined;
}
