import { afterAll, describe, expect, it } from 'vitest';
import { createModelDoor } from '../../../engine/summaries/model-door.ts';
import { openProvider } from '../../../engine/summaries/providers/open-provider.ts';
import { createSummariser } from '../../../engine/summaries/summariser.ts';
import { chatCompletionsServer } from '../../stand-ins/chat-completions-server.ts';
import type { ScriptedReply } from '../../stand-ins/scripted-reply.ts';
import { memoryLedger } from './memory-ledger.ts';
import { memoryStore } from './memory-summary-store.ts';
import { asked, called } from './transcript-spans.ts';
import { virtualTime } from './virtual-time.ts';

const SESSIONS = 1_000;
const PRICES = { inputUsdPerMillion: 0.15, outputUsdPerMillion: 0.6 };
const IDLE = 600_000;

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = seeded(8);
/** What the stand-in itself counted: complete answers by session, and the tokens that it named. */
const counted = { input: 0, output: 0, nanoUsd: 0, calls: 0, cut: 0 };
const valid = new Map<string, number>();

function reply(data: string): ScriptedReply {
  counted.calls += 1;
  const draw = random();
  if (draw < 0.15) return { status: 429, retryAfter: '2' };
  if (draw < 0.23) return { status: 500 };
  if (draw < 0.26) return { status: 503 };
  if (draw < 0.3) {
    counted.cut += 1;
    return { fault: 'cut' };
  }
  const use = { input: 200 + Math.floor(random() * 400), output: 50 + Math.floor(random() * 200) };
  counted.input += use.input;
  counted.output += use.output;
  counted.nanoUsd += Math.ceil(1_000 * (use.input * 0.15 + use.output * 0.6));
  if (draw < 0.33) return { text: 'Here is your summary:', use };
  if (draw < 0.36) return { answer: { title: 'of another form' }, use };
  const session = /session number (\d+)/.exec(data)![1]!;
  valid.set(session, (valid.get(session) ?? 0) + 1);
  const answer = {
    title: `Session ${session}`,
    asked: 'x',
    summary: 'y',
    outcome: 'completed',
    work_class: 'operations',
    files: [],
    systems: [],
    risks: [],
    confidence: 0.5,
  };
  return { answer, use };
}

const server = await chatCompletionsServer('openai-compatible', ({ data }) => reply(data));
afterAll(() => server.stop());

describe('a thousand sessions, and a provider that throttles and fails at random', () => {
  it('are summarised, none twice and none lost, and the ledger is exact', async () => {
    const time = virtualTime();
    const store = memoryStore();
    const ledger = memoryLedger();
    for (let index = 0; index < SESSIONS; index++) {
      store.add(
        `s${index}`,
        time.now(),
        asked(1, `This is session number ${index}.`),
        called(2, 'look_up', { index }, 'ok'),
      );
    }
    const provider = await openProvider({
      kind: 'openai-compatible',
      model: 'small',
      baseUrl: `${server.url}/v1`,
      apiKey: 'k',
      region: '',
    });
    const plenty = { tokens: 1e12, usd: 0 };
    const door = createModelDoor({
      open: async () => ({ provider: provider!, model: 'small', prices: PRICES, revision: '1' }),
      redactor: async () => (text) => text,
      ledger,
      limits: { subject: plenty, day: plenty, month: plenty },
      gate: { concurrency: 8, callsPerMinute: 1e9 },
      timeoutMs: 60_000,
      clock: time.now,
      elapsed: time.now,
      sleep: time.sleep,
      random: seeded(3),
      nonce: () => crypto.randomUUID().replaceAll('-', ''),
      assertHeld: () => undefined,
    });
    const summariser = createSummariser({
      store,
      door,
      clock: time.now,
      idleMs: IDLE,
      transcriptTokens: 1_000,
      sideBySide: 8,
      assertHeld: () => undefined,
      onFailure: (error) => {
        throw error;
      },
    });
    time.advance(IDLE);
    for (let looks = 0; store.saved.length < SESSIONS; looks++) {
      expect(looks).toBeLessThan(100);
      await summariser.tick(new AbortController().signal);
      time.advance(60_000);
    }
    const answered = store.saved.filter(({ provider: by }) => by === 'openai-compatible');
    expect(new Set(store.saved.map(({ session_id }) => session_id)).size).toBe(SESSIONS);
    expect(store.saved).toHaveLength(SESSIONS);
    // The others were answered three times in another form, as far as the dice went.
    expect(
      store.saved.every(({ provider: by, fallback }) => by === 'openai-compatible' || fallback === 'unreadable'),
    ).toBe(true);
    expect(answered.length).toBeGreaterThan(SESSIONS * 0.98);
    // No session was answered twice, and each has the summary that was made of it.
    expect([...valid.values()].every((times) => times === 1)).toBe(true);
    expect(answered.every(({ session_id, title }) => title === `Session ${session_id.slice(1)}`)).toBe(true);
    expect(valid.size).toBe(answered.length);

    const calls = [...ledger.calls.values()];
    expect(server.problems).toEqual([]);
    expect(calls).toHaveLength(counted.calls);
    expect(calls.every(({ settled }) => settled)).toBe(true);
    const named = calls.filter(({ counted: byProvider }) => byProvider);
    const sum = (of: (call: (typeof calls)[number]) => number) => named.reduce((total, call) => total + of(call), 0);
    expect(sum(({ inputTokens }) => inputTokens)).toBe(counted.input);
    expect(sum(({ outputTokens }) => outputTokens)).toBe(counted.output);
    expect(sum(({ nanoUsd }) => nanoUsd)).toBe(counted.nanoUsd);
    // What broke off is charged at the most that it can have been.
    expect(calls.length - named.length).toBe(counted.cut);
    const status = await door.status();
    const all = calls.reduce((total, call) => total + call.inputTokens + call.outputTokens, 0);
    expect(status.month.settled.tokens).toBe(all);
    expect(status.month.reserved.tokens).toBe(0);
    const inSummaries = store.saved.reduce((total, one) => total + one.input_tokens + one.output_tokens, 0);
    expect(inSummaries).toBeLessThanOrEqual(all);
  });
});
