import type { Clock } from '../core/clock.ts';
import { answerSchema } from './answer-schema.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import type { Limits, Usage } from './budget.ts';
import { createCallGate, type GateLimits, type Sleep } from './call-gate.ts';
import type { CallLedger, CallOutcome, CallRecord, Purpose } from './call-ledger.ts';
import { chargedCall } from './charged-call.ts';
import { type DataPart, frameData, frameInstructions } from './frame-data.ts';
import type { Making } from './making.ts';
import { NoAnswer } from './no-answer.ts';
import type { OpenModel } from './open-model.ts';
import type { ModelFailure } from './providers/model-failure.ts';
import type { ModelRequest, ProviderKind } from './providers/model-provider.ts';
import { promptHashOf, type Question } from './question.ts';
import { NANO } from './spend.ts';
import { createSpending, type Period } from './spending.ts';

/** An answer of the given form and what it cost, over all the calls that it took. */
export interface Answered<Answer> extends Omit<Making, 'fallback'> {
  readonly answer: Answer;
}

/** The one way to a language model, of one org. */
export interface ModelDoor {
  /** Whether a model is configured; without one `ask` always throws NoAnswer `none`. */
  configured(): Promise<{ readonly provider: ProviderKind; readonly model: string } | undefined>;
  /** Throws NoAnswer, what the store throws, CONFLICT when another process works on the org, and the signal's reason. */
  ask<Answer>(question: Question<Answer>): Promise<Answered<Answer>>;
  /** The org's redactor as it is now, for what is made without a model too. */
  redactor(): Promise<(text: string) => string>;
  /** Forgets what was spent, so that it is read again: another process may have worked on the org. */
  reload(): void;
  status(): Promise<DoorStatus>;
}

/** What people see of the door: no content, no key. */
export interface DoorStatus {
  readonly limits: Limits;
  readonly day: Usage;
  readonly month: Usage;
  /** The scope whose limit stopped the latest question that asked, while it holds. */
  readonly stopped: Period | '';
  /** Calls fail in a row and are held back. */
  readonly paused: boolean;
}

export interface DoorOptions {
  /** Undefined without a model. Asked before every question, so that a new key is used at once; purposes may have models of their own. */
  readonly open: (purpose: Purpose) => Promise<OpenModel | undefined>;
  /** The org's redactor as it is now: the last look before content leaves. */
  readonly redactor: () => Promise<(text: string) => string>;
  readonly ledger: CallLedger;
  readonly limits: Limits;
  readonly gate: GateLimits;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly elapsed: () => number;
  readonly sleep: Sleep;
  /** In [0, 1). */
  readonly random: () => number;
  /** 16 or more hex digits nobody can guess. */
  readonly nonce: () => string;
  /** Throws when another process may work on the org. */
  readonly assertHeld: () => void;
  readonly onCall?: ((call: CallRecord) => void) | undefined;
  /** Hears once of every stop. */
  readonly onStopped?: ((scope: Period) => void) | undefined;
}

/** Requests for one question at most, and those of them that may fail for the model's own fault. */
const MOST_CALLS = 8;
const MOST_UNREADABLE = 3;
const BACK_OFF_MS = { base: 1_000, most: 60_000 };

/**
 * Asks a model about hostile content. Redacts the content once more, frames it, offers no tools, accepts an answer of the given form
 * alone, redacts that too, and holds all calls of the org to its limits. Every request is in the ledger with its exact cost.
 */
export function createModelDoor(options: DoorOptions): ModelDoor {
  const { elapsed, sleep } = options;
  const spending = createSpending(options);
  const charging = { ...options, spending };
  const gate = createCallGate(options.gate, elapsed, sleep);
  const breakers = new Map<string, { readonly revision: string; readonly breaker: Breaker }>();

  /** A model of its own for personal data has its own; a model that changed begins anew. */
  function breakerOf(purpose: Purpose, revision: string): Breaker {
    const key = purpose === 'personal_data' ? purpose : '';
    const known = breakers.get(key);
    if (known?.revision === revision) return known.breaker;
    const breaker = createBreaker(elapsed);
    breakers.set(key, { revision, breaker });
    return breaker;
  }

  function pauseAfter(failure: ModelFailure, calls: number): number {
    const ceiling = Math.min(BACK_OFF_MS.most, BACK_OFF_MS.base * 2 ** (calls - 1));
    return Math.max(Math.round(options.random() * ceiling), failure.retryAfterMs ?? 0);
  }

  return {
    configured: async () => {
      const opened = await options.open('summary');
      return opened && { provider: opened.provider.kind, model: opened.model };
    },
    redactor: options.redactor,
    reload: spending.reload,
    status: async () => {
      await spending.learn();
      return {
        ...spending.status(),
        paused: [...breakers.values()].some(({ breaker }) => breaker.isOpen()),
      };
    },
    async ask<Answer>(question: Question<Answer>): Promise<Answered<Answer>> {
      const opened = await options.open(question.purpose);
      if (opened === undefined) throw new NoAnswer('none');
      const breaker = breakerOf(question.purpose, opened.revision);
      await spending.learn(question.subject);
      const redact = await options.redactor();
      const parts = question.data.map(({ name, text }) => ({ name, text: redact(text) }));
      const schema = answerSchema(question.schema);
      const promptHash = promptHashOf(question);
      const signal = question.signal ?? new AbortController().signal;
      const begun = elapsed();
      const total = { inputTokens: 0, outputTokens: 0, nanoUsd: 0 };
      let unreadable = 0;
      for (let calls = 1; calls <= MOST_CALLS; calls++) {
        const nonce = freshNonce(parts, options.nonce);
        const request: ModelRequest = {
          model: question.model ?? opened.model,
          instructions: frameInstructions(question.instructions),
          data: frameData(parts, nonce),
          schemaName: question.schemaName,
          schema,
          maxOutputTokens: question.maxOutputTokens,
        };
        const { record, answer, failure } = await gate.enter(signal, () => {
          if (breaker.waitMs() > 0) throw new NoAnswer('unavailable');
          return chargedCall({ opened, request, question, promptHash, redact }, charging);
        });
        total.inputTokens += record.inputTokens;
        total.outputTokens += record.outputTokens;
        total.nanoUsd += record.nanoUsd;
        if (answer !== undefined) {
          breaker.succeeded();
          return {
            answer: answer.value,
            provider: opened.provider.kind,
            model: record.model,
            promptHash,
            inputTokens: total.inputTokens,
            outputTokens: total.outputTokens,
            costUsd: total.nanoUsd / NANO,
            latencyMs: Math.round(elapsed() - begun),
            calls,
          };
        }
        const reason: CallOutcome = failure?.reason ?? 'invalid';
        // A model that answers, however badly, is there: content must not be able to stop the calls about other content.
        if (reason === 'unavailable' || reason === 'misconfigured') breaker.failed(reason === 'misconfigured');
        else if (reason !== 'throttled') breaker.succeeded();
        if (reason === 'refused' || reason === 'rejected') throw new NoAnswer('refused');
        if (reason === 'misconfigured') throw new NoAnswer('unavailable');
        if (reason === 'invalid' || reason === 'unreadable') {
          unreadable += 1;
          if (unreadable === MOST_UNREADABLE) throw new NoAnswer('unreadable');
          continue;
        }
        const pause = pauseAfter(failure!, calls);
        if (reason === 'throttled') gate.pause(pause);
        else if (calls < MOST_CALLS) await sleep(pause, signal);
      }
      throw new NoAnswer('unavailable');
    },
  };
}

function freshNonce(parts: readonly DataPart[], draw: () => string): string {
  for (;;) {
    const nonce = draw();
    if (!parts.some(({ text }) => text.includes(nonce))) return nonce;
  }
}
