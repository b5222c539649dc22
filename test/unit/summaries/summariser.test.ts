import { describe, expect, it } from 'vitest';
import { summaryPromptHash } from '../../../engine/summaries/make-summary.ts';
import type { ModelDoor } from '../../../engine/summaries/model-door.ts';
import { NoAnswer, type NoAnswerReason } from '../../../engine/summaries/no-answer.ts';
import type { Question } from '../../../engine/summaries/question.ts';
import { createSummariser, type SummariserOptions } from '../../../engine/summaries/summariser.ts';
import { memoryStore } from './memory-summary-store.ts';
import { asked, called, span } from './transcript-spans.ts';

const START = Date.parse('2026-11-21T10:00:00Z');
const IDLE = 600_000;
const never = () => new AbortController().signal;
const ANSWER = {
  title: 'Refund of an order',
  asked: 'A refund.',
  summary: 'The order was refunded.',
  outcome: 'completed',
  work_class: 'operations',
  files: ['orders.csv', 'invented.txt'],
  systems: ['issue_refund'],
  risks: [
    { kind: 'money_moved', claim: 'Money went out.', spans: ['s2', 's77'] },
    { kind: 'exfiltration', claim: 'Made up.', spans: ['s99'] },
  ],
  confidence: 0.9,
};

/** A door that answers, or does not for the reason that it is given. */
function scriptedDoor() {
  const asks: Question<unknown>[] = [];
  const door = {
    reason: undefined as NoAnswerReason | undefined,
    model: 'small',
    promptHash: summaryPromptHash(),
    asks,
    configured: async () => ({ provider: 'openai' as const, model: door.model }),
    redactor: async () => (text: string) => text,
    reload: () => undefined,
    status: () => Promise.reject(new Error('not asked for')),
    ask: async (question: Question<unknown>) => {
      asks.push(question);
      if (door.reason) throw new NoAnswer(door.reason);
      return {
        answer: question.schema.parse(ANSWER),
        provider: 'openai' as const,
        model: question.model ?? door.model,
        promptHash: door.promptHash,
        inputTokens: 10,
        outputTokens: 5,
        costUsd: 0.001,
        latencyMs: 3,
        calls: 1,
      };
    },
  };
  return door as typeof door & ModelDoor;
}

function setUp(change: Partial<SummariserOptions> = {}) {
  const store = memoryStore();
  const door = scriptedDoor();
  const time = { now: START };
  const failures: unknown[] = [];
  const options = {
    store,
    door,
    clock: () => time.now,
    idleMs: IDLE,
    transcriptTokens: 1_000,
    sideBySide: 3,
    assertHeld: () => undefined,
    onFailure: (error: unknown) => failures.push(error),
    ...change,
  };
  const add = (id: string, ...more: number[]) => {
    store.add(
      id,
      time.now,
      asked(1, 'Refund order 7, please.', 'Done.'),
      called(2, 'issue_refund', { file: 'orders.csv' }),
    );
    for (const extra of more) store.add(id, time.now, span(extra));
  };
  return { store, door, time, failures, summariser: createSummariser(options), options, add };
}

describe('a session', () => {
  it('is summarised when it has been idle, once', async () => {
    const { store, time, summariser, add } = setUp();
    add('one');
    await summariser.tick(never());
    expect(store.saved).toEqual([]);
    time.now += IDLE;
    await summariser.tick(never());
    await summariser.tick(never());
    expect(store.saved).toHaveLength(1);
    expect(store.saved[0]).toMatchObject({
      session_id: 'one',
      session_version: 'v2',
      revision: 1,
      provider: 'openai',
      model: 'small',
      prompt_hash: summaryPromptHash(),
      input_tokens: 10,
      output_tokens: 5,
      cost_usd: 0.001,
      fallback: '',
      title: 'Refund of an order',
    });
  });

  it('keeps of a summary what its spans bear out: risks with spans that exist, files and systems that are named', async () => {
    const { store, time, summariser, add } = setUp();
    add('one');
    time.now += IDLE;
    await summariser.tick(never());
    const { risks, files, systems } = store.saved[0]!;
    expect(risks).toEqual([
      {
        kind: 'money_moved',
        claim: 'Money went out.',
        evidence: [{ trace_id: 'a'.repeat(32), span_id: '0000000000000002' }],
      },
    ]);
    expect(files).toEqual(['orders.csv']);
    expect(systems).toEqual(['issue_refund']);
  });

  it('is over at its end event, when the spans of its batch have come', async () => {
    const { store, time, summariser, add } = setUp();
    add('one');
    store.end('one');
    await summariser.tick(never());
    expect(store.saved).toEqual([]);
    time.now += 15_000;
    await summariser.tick(never());
    expect(store.saved).toHaveLength(1);
  });

  it('is opened again by a late span, and summarised as another version', async () => {
    const { store, time, summariser, add } = setUp();
    add('one');
    time.now += IDLE;
    await summariser.tick(never());
    store.add('one', time.now, span(9));
    await summariser.tick(never());
    expect(store.saved).toHaveLength(1);
    time.now += IDLE;
    await summariser.tick(never());
    expect(store.saved.map(({ revision, session_version }) => [revision, session_version])).toEqual([
      [1, 'v2'],
      [2, 'v3'],
    ]);
    expect(store.summaryOf('one')!.revision).toBe(2);
  });

  it('that got spans while the engine was down is found by the next one', async () => {
    const { store, time, options, add } = setUp();
    add('one');
    time.now += 5 * IDLE;
    await createSummariser(options).tick(never());
    await createSummariser(options).tick(never());
    expect(store.saved).toHaveLength(1);
  });

  it('waits while the provider fails, and others with it', async () => {
    const { store, door, time, summariser, add } = setUp({ sideBySide: 1 });
    for (const id of ['a', 'b', 'c']) add(id);
    time.now += IDLE;
    door.reason = 'unavailable';
    await summariser.tick(never());
    expect(door.asks).toHaveLength(1);
    door.reason = undefined;
    // Long after they went out of the window of a look.
    time.now += 10 * IDLE;
    await summariser.tick(never());
    expect(store.saved.map(({ session_id }) => session_id)).toEqual(['a', 'b', 'c']);
  });

  it.each(['refused', 'unreadable', 'session_budget'] as const)(
    'that a model does not summarise (%s) is without one, and not asked about again',
    async (reason) => {
      const { store, door, time, summariser, add } = setUp();
      add('one');
      time.now += IDLE;
      door.reason = reason;
      await summariser.tick(never());
      time.now += 86_400_000;
      await summariser.tick(never());
      expect(door.asks).toHaveLength(1);
      expect(store.saved).toMatchObject([
        { provider: 'extractive', fallback: reason, title: 'Refund order 7, please.' },
      ]);
    },
  );

  it('that came when the budget was spent is asked about the next day', async () => {
    const { store, door, time, summariser, add } = setUp();
    add('one');
    time.now += IDLE;
    door.reason = 'budget';
    await summariser.tick(never());
    await summariser.tick(never());
    expect(store.saved).toMatchObject([{ provider: 'extractive', fallback: 'budget' }]);
    expect(door.asks).toHaveLength(1);
    door.reason = undefined;
    time.now += 86_400_000;
    await summariser.tick(never());
    expect(store.summaryOf('one')).toMatchObject({ provider: 'openai', fallback: '', revision: 1 });
  });

  it('is left to the engine that holds its org', async () => {
    let held = true;
    const { store, door, time, summariser, add } = setUp({
      assertHeld: () => {
        if (!held) throw new Error('not held');
      },
    });
    add('one');
    time.now += IDLE;
    const before = door.ask;
    // The lease goes while the model answers: what it says is not written.
    door.ask = (async (question: Question<unknown>) => {
      const answered = await before(question);
      held = false;
      return answered;
    }) as typeof door.ask;
    await summariser.tick(never());
    expect(store.saved).toEqual([]);
    await expect(summariser.tick(never())).rejects.toThrow('not held');
  });
});

describe('a run', () => {
  it('takes open sessions too, and nothing that is up to date', async () => {
    const { store, summariser, add } = setUp();
    add('one');
    add('two');
    const seen: number[] = [];
    const first = await summariser.run({ since: 0 }, ({ done }) => seen.push(done), never());
    expect(first).toMatchObject({ sessions: 2, done: 2, byModel: 2, inputTokens: 20, outputTokens: 10 });
    expect(seen).toEqual([0, 1, 2]);
    const second = await summariser.run({ since: 0 }, () => undefined, never());
    expect(second).toMatchObject({ sessions: 0, done: 0 });
    await summariser.run({ since: 0, force: true }, () => undefined, never());
    expect(store.saved).toHaveLength(4);
  });

  it('summarises again after a change of the prompt or the model, without another version', async () => {
    const { store, summariser, add, door } = setUp();
    add('one');
    const now = door.promptHash;
    door.promptHash = 'that of before';
    await summariser.run({ since: 0 }, () => undefined, never());
    door.promptHash = now;
    await summariser.run({ since: 0 }, () => undefined, never());
    expect(store.saved.map(({ revision }) => revision)).toEqual([1, 1]);
    door.model = 'large';
    await summariser.run({ since: 0 }, () => undefined, never());
    expect(store.summaryOf('one')).toMatchObject({ model: 'large', revision: 1 });
  });

  it('goes on where it was interrupted', async () => {
    const { store, summariser, add } = setUp({ sideBySide: 1 });
    for (let index = 0; index < 10; index++) add(`s${index}`);
    const stop = new AbortController();
    await summariser.run({ since: 0 }, ({ done }) => done === 4 && stop.abort(), stop.signal);
    expect(store.saved).toHaveLength(4);
    await summariser.run(
      { since: 0, ids: store.saved.map(({ session_id }) => session_id) },
      () => undefined,
      stop.signal,
    );
    expect(store.saved).toHaveLength(4);
  });

  it('is not held up by one session that fails', async () => {
    const { store, summariser, add, failures } = setUp();
    for (const id of ['a', 'b', 'c']) add(id);
    const save = store.save;
    store.save = async (summary) => {
      if (summary.session_id === 'b') throw new Error('the store failed');
      return save(summary);
    };
    const run = await summariser.run({ since: 0 }, () => undefined, never());
    expect(run).toMatchObject({ sessions: 3, done: 2, failed: 1 });
    expect(failures).toHaveLength(1);
  });
});
