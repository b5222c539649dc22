import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../../engine/core/errors.ts';
import { createIngestClock } from '../../../../ingest/ingest-clock.ts';
import type { InspectedMessages, MessagesTask } from '../../../../ingest/kafka/inspect-messages.ts';
import { createStoreMessages, type QueuedMessage, type WaitForStore } from '../../../../ingest/kafka/store-messages.ts';

const HEADERS = { format: '1', org: 'acme', signal: 'traces', encoding: 'json', codec: 'none' };

/** The first ingest time that is given out. */
const FIRST_MICROS = 1_000_000;

/** Messages that say in their value what becomes of them. */
function messages(...values: string[]): QueuedMessage[] {
  return values.map((value, offset) => ({
    key: null,
    value: Buffer.from(value),
    headers: HEADERS,
    offset: String(offset),
  }));
}

/** Everything that is not under test, with what was asked of it. Each row is the value of its message. */
function world(fails: (rows: string, attempt: number) => CodedError | undefined = () => undefined) {
  const asked = {
    written: [] as string[],
    tokens: [] as string[],
    buried: [] as string[],
    waits: 0,
    lowWater: [] as number[],
  };
  let now = FIRST_MICROS / 1_000;
  let writes = 0;
  const clock = createIngestClock(() => now++, 0);
  let heard = true;
  const store = createStoreMessages({
    clock,
    pool: {
      inspect: () => Promise.reject(new Error('not used')),
      forward: () => Promise.reject(new Error('not used')),
      close: async () => undefined,
      async inspectQueued({ values, messages: list }: MessagesTask): Promise<InspectedMessages> {
        let at = 0;
        const texts = list.map(({ length }) => {
          at += length;
          return Buffer.from(values.subarray(at - length, at)).toString();
        });
        if (texts.some((text) => text.startsWith('crash'))) {
          throw new CodedError('STORE_UNAVAILABLE', 'the request could not be inspected (Error)', {
            extra: { lost: true },
          });
        }
        const refused = texts.flatMap((text, nth) =>
          text.startsWith('poison') ? [{ nth, code: 'BAD_REQUEST', message: 'not valid' }] : [],
        );
        const good = texts.filter((text) => !text.startsWith('poison'));
        const rows = Buffer.from(good.map((text) => `${text}\n`).join(''));
        const pieces = good.length > 0 ? [{ table: 'otel_traces' as const, rows }] : [];
        return { pieces, accepted: good.length, rejected: 0, refused, scannedAgain: {} };
      },
    },
    redaction: async () => ({ revision: '0', policy: {}, key: new Uint8Array(32), formerKeys: [] }),
    async write(_org, _table, rows, token) {
      const text = Buffer.from(rows).toString();
      asked.lowWater.push(clock.lowWater());
      const failure = fails(text, writes++);
      if (failure) throw failure;
      asked.written.push(...text.trim().split('\n'));
      asked.tokens.push(token);
    },
    bury: async (message, error) => void asked.buried.push(`${message.value} ${error.code}`),
    isHeard: () => heard,
  });
  const hold: WaitForStore = async () => {
    asked.waits += 1;
    heard = true;
  };
  const run = (list: readonly QueuedMessage[], wait = hold) => store(list, 't/0', wait);
  return {
    asked,
    run,
    clock,
    unhear: () => {
      heard = false;
    },
  };
}

const AWAY = new CodedError('STORE_UNAVAILABLE', 'away');
const refusal = (type: string) => new CodedError('STORE_REFUSED', 'refused', { extra: { clickhouse_type: type } });

describe('messages of a partition', () => {
  it('are stored under a token of topic, partition and offsets', async () => {
    const { asked, run } = world();
    expect(await run(messages('a', 'b', 'c'))).toBe(3);
    expect(asked).toMatchObject({ written: ['a', 'b', 'c'], tokens: ['t/0/0-2/0'], buried: [], waits: 0 });
  });

  it('wait for a store that is away, and take a new ingest time and token for each try', async () => {
    const { asked, run, clock } = world((_, attempt) => (attempt < 2 ? AWAY : undefined));
    await run(messages('a'));
    expect(asked).toMatchObject({ written: ['a'], tokens: ['t/0/0-0/try-2/0'], waits: 2 });
    expect(new Set(asked.lowWater).size).toBe(3);
    expect(clock.lowWater()).toBeGreaterThan(Math.max(...asked.lowWater));
  });

  it('are not stored under a time that rules may have passed', async () => {
    const { asked, run, unhear } = world();
    unhear();
    await run(messages('a'));
    expect(asked).toMatchObject({ written: ['a'], tokens: ['t/0/0-0/try-1/0'], waits: 1 });
  });

  it('go on without one that cannot be decoded', async () => {
    const { asked, run } = world();
    expect(await run(messages('a', 'poison', 'b'))).toBe(2);
    expect(asked).toMatchObject({ written: ['a', 'b'], buried: ['poison BAD_REQUEST'] });
  });

  it('go on without one that is no message of ours', async () => {
    const { asked, run } = world();
    await run([...messages('a'), { key: null, value: Buffer.from('x'), offset: '1' }]);
    expect(asked).toMatchObject({ written: ['a'], buried: ['x BAD_REQUEST'] });
  });

  it('go on without one that ends the thread that inspects it', async () => {
    const { asked, run } = world();
    expect(await run(messages('a', 'b', 'crash', 'c', 'd'))).toBe(4);
    expect(asked).toMatchObject({ written: ['a', 'b', 'c', 'd'], buried: ['crash INTERNAL'], waits: 0 });
  });

  it('go on without one whose rows the store will never take', async () => {
    const { asked, run } = world((rows) => (rows.includes('bad') ? refusal('CANNOT_PARSE_NUMBER') : undefined));
    await run(messages('a', 'b', 'bad', 'c'));
    expect(asked.written.sort()).toEqual(['a', 'b', 'c']);
    expect(asked.buried).toEqual(['bad STORE_REFUSED']);
  });

  it('are not buried for a fault of the store', async () => {
    const { asked, run } = world((_, attempt) => (attempt === 0 ? refusal('ACCESS_DENIED') : undefined));
    await run(messages('a', 'b'));
    expect(asked).toMatchObject({ written: ['a', 'b'], buried: [], waits: 1 });
  });

  it('are given up when waiting is, and hold no window back', async () => {
    const { run, clock } = world(() => AWAY);
    const stops = new CodedError('SHUTTING_DOWN', 'stops');
    await expect(run(messages('a'), () => Promise.reject(stops))).rejects.toBe(stops);
    expect(clock.lowWater()).toBeGreaterThan(FIRST_MICROS);
  });
});
