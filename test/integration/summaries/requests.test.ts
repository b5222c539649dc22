import { expect, it } from 'vitest';
import { systemClock } from '../../../engine/core/clock.ts';
import { createModelSettingsBook } from '../../../engine/model-settings-book.ts';
import { createOrgSummaries } from '../../../engine/org-summaries.ts';
import { createRedactionSettingsBook } from '../../../engine/redaction-settings-book.ts';
import { temporaryStore } from '../../temporary-store.ts';

const { store } = await temporaryStore();
const keyFor = () => new Uint8Array(32).fill(1);
const plenty = { tokens: 1e9, usd: 0 };

/** The summaries of org `default` in one of two processes. */
function processThat(holds: () => boolean) {
  return createOrgSummaries({
    org: 'default',
    store,
    clock: systemClock,
    settings: {
      models: createModelSettingsBook({
        store,
        clock: systemClock,
        keyFor,
        server: { kind: 'extractive', model: '', baseUrl: '', apiKey: '', region: '' },
        prices: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
      }),
      redaction: createRedactionSettingsBook(store, systemClock, keyFor),
      limits: { subject: plenty, day: plenty, month: plenty },
      gate: { concurrency: 2, callsPerMinute: 1_000 },
      timeoutMs: 10_000,
      idleMs: 600_000,
      transcriptTokens: 1_000,
      personalDataModel: async () => undefined,
    },
    assertHeld: () => {
      if (!holds()) throw new Error('not held');
    },
    isNobodys: () => false,
    log: { warn: () => undefined, error: () => undefined },
  });
}

it('a run that is asked of a process without the engine is done by the one that has it', async () => {
  const now = new Date().toISOString().replace('T', ' ').replace('Z', '');
  const columns = ['Timestamp', 'TraceId', 'SpanId', 'SpanName', 'SessionId', 'PromptPreview', 'IngestedAt'];
  const rows = ['one', 'two'].map((id) => JSON.stringify([now, `t-${id}`, `s-${id}`, 'x', id, 'Hello.', now]));
  await store.insertLines('org_default.otel_traces', columns, Buffer.from(`${rows.join('\n')}\n`), 'spans');
  const engine = processThat(() => true);
  const dashboards = processThat(() => false);
  const asked = dashboards.run({ since: 0 }, () => undefined, new AbortController().signal);
  let answered = false;
  void asked.then(() => {
    answered = true;
  });
  while (!answered) {
    await engine.tick();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(await asked).toMatchObject({ sessions: 2, done: 2, failed: 0 });
  const [kept] = await store.query<{ sessions: string }>(
    'SELECT count() AS sessions FROM org_default.session_summaries FINAL',
  );
  expect(kept!.sessions).toBe('2');
  const [open] = await store.query<{ open: string }>(
    "SELECT countIf(state = 'open') AS open FROM org_default.summary_requests FINAL",
  );
  expect(open!.open).toBe('0');
  await expect(
    dashboards.compare(
      { a: {}, b: {} },
      { since: 0, limit: 1 },
      { signal: new AbortController().signal, onProgress: () => undefined },
    ),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  expect((await dashboards.status()).stopped).toBe('');
});
