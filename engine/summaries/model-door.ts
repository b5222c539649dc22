import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import { answerSchema } from './answer-schema.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import { createBudget, type Limits, type Reservation, type Scope, type Usage } from './budget.ts';
import { createCallGate, type GateLimits, type Sleep } from './call-gate.ts';
import type { CallLedger, CallOutcome, CallRecord, Purpose } from './call-ledger.ts';
import { type DataPart, frameData, frameInstructions } from './frame-data.ts';
import { inertText } from './inert-text.ts';
import { NoAnswer } from './no-answer.ts';
import { ModelFailure } from './providers/model-failure.ts';
import type { ModelAnswer, ModelProvider, ModelRequest, ProviderKind } from './providers/model-provider.ts';
import { NANO, type Prices, type Spend, spendOf } from './spend.ts';

/** A question about content, with the form of its answer. */
export interface Question<Answer> {
  readonly purpose: Purpose;
  /** The session or alert that it is about, to which it is charged. */
  readonly subject: string;
  /** Ours, fixed: never anything that came from outside. */
  readonly instructions: string;
  readonly data: readonly DataPart[];
  /** Letters, digits and `_`. */
  readonly schemaName: string;
  /** A strict object. It sees the answer's strings redacted and inert. */
  readonly schema: z.ZodType<Answer>;
  readonly maxOutputTokens: number;
  /** Another model than the configured one, to compare. */
  readonly model?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An answer of the given form and what it cost, over all the calls that it took. */
export interface Answered<Answer> {
  readonly answer: Answer;
  readonly provider: ProviderKind;
  readonly model: string;
  readonly promptHash: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly latencyMs: number;
  readonly calls: number;
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

/** Scopes that time opens again. */
export type Period = Exclude<Scope, 'subject'>;

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

export interface OpenModel {
  readonly provider: ModelProvider;
  readonly model: string;
  readonly prices: Prices;
  /** Changes when anything of it does: the breaker then begins anew. */
  readonly revision: string;
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
/** What providers add to a request of their own (roles, the tool's frame), generously; Bedrock's tool frame is the largest. */
const FRAME_TOKENS = 1_024;

/**
 * Asks a model about hostile content. Redacts the content once more, frames it, offers no tools, accepts an answer of the given form
 * alone, redacts that too, and holds all calls of the org to its limits. Every request is in the ledger with its exact cost.
 */
export function createModelDoor(options: DoorOptions): ModelDoor {
  const { ledger, clock, elapsed, sleep } = options;
  const budget = createBudget(options.limits, clock);
  const gate = createCallGate(options.gate, elapsed, sleep);
  const breakers = new Map<string, { readonly revision: string; readonly breaker: Breaker }>();
  let loaded: Promise<void> | undefined;
  let stop: { readonly scope: Period; readonly period: string } | undefined;

  /** A model of its own for personal data has its own; a model that changed begins anew. */
  function breakerOf(purpose: Purpose, revision: string): Breaker {
    const key = purpose === 'personal_data' ? purpose : '';
    const known = breakers.get(key);
    if (known?.revision === revision) return known.breaker;
    const breaker = createBreaker(elapsed);
    breakers.set(key, { revision, breaker });
    return breaker;
  }

  async function load(): Promise<void> {
    const since = `${new Date(clock()).toISOString().slice(0, 7)}-01`;
    budget.learnDays(await ledger.spentByDay(since));
  }

  async function ready(): Promise<void> {
    loaded ??= load();
    const loading = loaded;
    await loading.catch((error: unknown) => {
      if (loaded === loading) loaded = undefined;
      throw error;
    });
  }

  async function learn(subject: string): Promise<void> {
    if (budget.knows(subject)) return;
    const spent = await ledger.spentOn(subject);
    // Meanwhile another question about it may have begun, and what it spends is in the account.
    if (!budget.knows(subject)) budget.learn(subject, spent);
  }

  async function reserve(subject: string, most: Spend): Promise<Reservation> {
    for (;;) {
      const verdict = budget.reserve(subject, most);
      if (verdict.state === 'wait') {
        await verdict.settled;
        continue;
      }
      if (verdict.state === 'reserved') {
        stop = undefined;
        return verdict.reservation;
      }
      const { scope } = verdict;
      if (scope === 'subject') throw new NoAnswer('session_budget');
      const { period } = budget.usage()[scope];
      const known = stop?.scope === scope && stop.period === period;
      stop = { scope, period };
      if (!known) options.onStopped?.(scope);
      throw new NoAnswer('budget');
    }
  }

  /** The scope whose limit stops calls at this moment; what a day's end lifted does not. */
  function stoppedBy(): Period | '' {
    if (stop === undefined) return '';
    return budget.usage()[stop.scope].period === stop.period ? stop.scope : '';
  }

  /** One request, from its reservation to its settlement. Throws ModelFailure. */
  async function call(opened: OpenModel, request: ModelRequest, question: Question<unknown>, asked: Asked) {
    options.assertHeld();
    const mostInput = mostTokens(request);
    const most = spendOf(mostInput, request.maxOutputTokens, opened.prices);
    const reservation = await reserve(question.subject, most);
    const begun = elapsed();
    const base = {
      id: crypto.randomUUID(),
      at: clock(),
      purpose: question.purpose,
      subject: question.subject,
      provider: opened.provider.kind,
      model: request.model,
      promptHash: asked.promptHash,
    };
    const reserved: CallRecord = {
      ...base,
      settled: false,
      outcome: 'reserved',
      inputTokens: mostInput,
      outputTokens: request.maxOutputTokens,
      counted: false,
      nanoUsd: most.nanoUsd,
      latencyMs: 0,
    };
    try {
      await ledger.record(reserved);
    } catch (error) {
      // Nothing was sent. Whether the row is there is not known; if it is, it errs on the side of stopping early.
      reservation.settle({ tokens: 0, nanoUsd: 0 });
      throw error;
    }
    const { answer, failure, aborted } = await send(opened.provider, request, question.signal);
    const use = answer?.use ?? failure?.use;
    const charged = use ?? (answer || failure?.uncounted ? reserved : { inputTokens: 0, outputTokens: 0 });
    const spent = spendOf(charged.inputTokens, charged.outputTokens, opened.prices);
    reservation.settle(spent);
    const verdict = answer && readAnswer(answer, question.schema, asked.redact);
    const record: CallRecord = {
      ...reserved,
      settled: true,
      model: answer?.model ?? request.model,
      outcome: failure?.reason ?? (verdict!.ok ? 'answered' : 'invalid'),
      inputTokens: charged.inputTokens,
      outputTokens: charged.outputTokens,
      counted: use !== undefined || spent.tokens === 0,
      nanoUsd: spent.nanoUsd,
      latencyMs: Math.round(elapsed() - begun),
    };
    await ledger.record(record);
    options.onCall?.(record);
    if (aborted) question.signal?.throwIfAborted();
    return { record, value: verdict?.ok ? verdict.value : undefined, failure };
  }

  async function send(provider: ModelProvider, request: ModelRequest, signal: AbortSignal | undefined) {
    const limit = AbortSignal.timeout(options.timeoutMs);
    try {
      const answer = await provider.complete(request, signal ? AbortSignal.any([signal, limit]) : limit);
      return { answer, failure: undefined, aborted: false };
    } catch (error) {
      const failure = error instanceof ModelFailure ? error : new ModelFailure('unavailable', { uncounted: true });
      return { answer: undefined, failure, aborted: signal?.aborted ?? false };
    }
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
    reload: () => {
      loaded = undefined;
    },
    status: async () => {
      await ready();
      return {
        limits: options.limits,
        ...budget.usage(),
        stopped: stoppedBy(),
        paused: [...breakers.values()].some(({ breaker }) => breaker.isOpen()),
      };
    },
    async ask<Answer>(question: Question<Answer>): Promise<Answered<Answer>> {
      const opened = await options.open(question.purpose);
      if (opened === undefined) throw new NoAnswer('none');
      const breaker = breakerOf(question.purpose, opened.revision);
      await ready();
      await learn(question.subject);
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
        const { record, value, failure } = await gate.enter(signal, () => {
          if (breaker.waitMs() > 0) throw new NoAnswer('unavailable');
          return call(opened, request, question as Question<unknown>, { promptHash, redact });
        });
        total.inputTokens += record.inputTokens;
        total.outputTokens += record.outputTokens;
        total.nanoUsd += record.nanoUsd;
        if (value !== undefined) {
          breaker.succeeded();
          return {
            answer: value as Answer,
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

/** Names the prompt: everything fixed that decides an answer besides the model and the content. */
export function promptHashOf({
  instructions,
  schema,
  maxOutputTokens,
}: Pick<Question<unknown>, 'instructions' | 'schema' | 'maxOutputTokens'>): string {
  const fixed = JSON.stringify([frameInstructions(instructions), answerSchema(schema), maxOutputTokens]);
  return createHash('sha256').update(fixed).digest('hex').slice(0, 16);
}

/** No tokenizer makes more tokens of a text than it has bytes. */
function mostTokens({ instructions, data, schema }: ModelRequest): number {
  return (
    Buffer.byteLength(instructions) + Buffer.byteLength(data) + Buffer.byteLength(JSON.stringify(schema)) + FRAME_TOKENS
  );
}

function freshNonce(parts: readonly DataPart[], draw: () => string): string {
  for (;;) {
    const nonce = draw();
    if (!parts.some(({ text }) => text.includes(nonce))) return nonce;
  }
}

interface Asked {
  readonly promptHash: string;
  readonly redact: Redact;
}

type Redact = (text: string) => string;

function readAnswer(
  { text }: ModelAnswer,
  schema: z.ZodType,
  redact: Redact,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    const parsed = schema.safeParse(safe(JSON.parse(text), redact));
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false };
  } catch {
    return { ok: false };
  }
}

/** A string of an answer at most; schemas ask for less. */
const MOST_CHARACTERS = 20_000;

/**
 * Every string redacted (what a model makes up may look like a secret, or be one) and inert. Twice: taking away what is invisible
 * can put a secret together, and a placeholder can come to stand before a bracket.
 */
function safe(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') {
    const once = inertText(redact(value), MOST_CHARACTERS);
    return inertText(redact(once), MOST_CHARACTERS);
  }
  if (Array.isArray(value)) return value.map((item) => safe(item, redact));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, safe(item, redact)]));
}
