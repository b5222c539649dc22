import { createRedactor } from '../../../engine/redaction/redactor.ts';
import { createModelDoor, type ModelDoor } from '../../../engine/summaries/model-door.ts';
import type { ModelRequest } from '../../../engine/summaries/providers/model-provider.ts';
import { memoryLedger } from './memory-ledger.ts';
import { virtualTime } from './virtual-time.ts';

const redactor = createRedactor({ key: new Uint8Array(32).fill(7) });

/** A door before scripted models: `answer` gets the request and the purpose it came for. `tokens` is the day's limit. */
export function scriptedDoor(
  answer: (request: ModelRequest, purpose: string) => string,
  { tokens = 1e12, tagger = true }: { tokens?: number; tagger?: boolean } = {},
) {
  const time = virtualTime();
  const requests: { readonly purpose: string; readonly request: ModelRequest }[] = [];
  const ledger = memoryLedger();
  let nonce = 0;
  const door: ModelDoor = createModelDoor({
    open: async (purpose) =>
      purpose === 'personal_data' && !tagger
        ? undefined
        : {
            provider: {
              kind: 'openai',
              complete: async (request) => {
                requests.push({ purpose, request });
                const text = answer(request, purpose);
                return { text, model: 'scripted', use: { inputTokens: 10, outputTokens: 10 } };
              },
            },
            model: 'scripted',
            prices: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 },
            revision: purpose,
          },
    redactor: async () => (text) => redactor.redactText(text).text,
    ledger,
    limits: { subject: { tokens: 1e12, usd: 0 }, day: { tokens, usd: 0 }, month: { tokens: 1e12, usd: 0 } },
    gate: { concurrency: 4, callsPerMinute: 1e9 },
    timeoutMs: 60_000,
    clock: time.now,
    elapsed: time.now,
    sleep: time.sleep,
    random: () => 0.5,
    nonce: () => `${++nonce}`.padStart(16, '0'),
    assertHeld: () => undefined,
  });
  return { door, requests, ledger, time };
}
