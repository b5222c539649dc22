import { CodedError, type ErrorCode, isCoded } from '../../engine/core/errors.ts';
import type { RedactionSettings } from '../../engine/redaction/redaction-settings.ts';
import type { InsertRows } from '../group-commits.ts';
import type { IngestClock } from '../ingest-clock.ts';
import type { InspectPool } from '../inspect-pool.ts';
import { letGo } from '../let-go.ts';
import { unheard } from '../unheard.ts';
import type { ReadMessage } from './dead-letter.ts';
import { type MessageHead, readHead } from './export-message.ts';
import { type InspectedMessages, joinPieces } from './inspect-messages.ts';

/** A message with its place in its partition. */
export interface QueuedMessage extends ReadMessage {
  readonly offset: string;
}

export interface StoreMessagesOptions {
  readonly clock: IngestClock;
  readonly pool: InspectPool;
  readonly redaction: (org: string) => Promise<RedactionSettings>;
  /** Stores rows of one org; the same token again is harmless. */
  readonly write: InsertRows;
  /** Keeps a message that can't be stored; resolves when it is safe. */
  readonly bury: (message: QueuedMessage, error: CodedError) => Promise<void>;
  /** Whether rules still wait for what this process stores. */
  readonly isHeard: () => boolean;
  readonly scannedAgain?: (found: Readonly<Record<string, number>>) => void;
}

/** Lets a batch wait for the store. Rejects when it should give up: the partition is lost, or the process stops. */
export type WaitForStore = (attempt: number, error: unknown) => Promise<void>;

interface Readable {
  readonly message: QueuedMessage;
  readonly head: MessageHead;
}

/** Bytes of compressed messages that one thread inspects at a time. */
const TASK_BYTES = 256 * 1024;
/** Times that a message may end the thread that inspects it. */
const MOST_CRASHES = 3;
/** What ClickHouse says of rows that it will never take; anything else is a fault of the store, which may pass. */
const FAULT_OF_ROWS =
  /^(?:CANNOT_PARSE|CANNOT_READ|INCORRECT_DATA|TYPE_MISMATCH|VALUE_IS_OUT_OF_RANGE|ARGUMENT_OUT_OF_BOUND|UNKNOWN_DATABASE|TOO_LARGE_STRING_SIZE)/;

/**
 * Stores the messages of one partition, in order of their offsets, and answers how many records they held. Resolves when every message is
 * stored or buried. Each try takes an ingest time of its own and keeps it open until its rows are readable, so that no rule's window passes
 * them by; a try that failed may yet have stored its rows, which then count once.
 */
export function createStoreMessages(options: StoreMessagesOptions) {
  const { clock, pool, write, bury } = options;

  async function storeOrg(
    org: string,
    messages: readonly Readable[],
    source: string,
    wait: WaitForStore,
  ): Promise<number> {
    for (let attempt = 0; ; attempt++) {
      const ingestedAt = clock.open();
      try {
        const inspected = await inspectAll(org, await options.redaction(org), messages, ingestedAt);
        if (!options.isHeard()) throw unheard();
        const range = `${source}/${messages[0]!.message.offset}-${messages.at(-1)!.message.offset}`;
        // A later try has other ingest times: under the token of the first its rows could be taken for those, which rules may have passed.
        const name = attempt === 0 ? range : `${range}/try-${attempt}`;
        for (const [nth, { table, rows }] of inspected.pieces.entries()) {
          await write(org, table, rows, `${name}/${nth}`);
          letGo(rows);
        }
        for (const { message, error } of inspected.refused) await bury(message, error);
        options.scannedAgain?.(inspected.scannedAgain);
        return inspected.accepted;
      } catch (error) {
        if (isFaultOfRows(error)) {
          if (messages.length === 1) {
            await bury(messages[0]!.message, error);
            return 0;
          }
          const middle = messages.length >> 1;
          const first = await storeOrg(org, messages.slice(0, middle), source, wait);
          return first + (await storeOrg(org, messages.slice(middle), source, wait));
        }
        await wait(attempt, error);
      } finally {
        clock.close(ingestedAt);
      }
    }
  }

  async function inspectAll(
    org: string,
    redaction: RedactionSettings,
    messages: readonly Readable[],
    ingestedAt: number,
  ) {
    const tasks = takeTasks(messages);
    const inspected = await Promise.all(tasks.map((task) => inspect(org, redaction, task, ingestedAt)));
    const scannedAgain: Record<string, number> = {};
    for (const { scannedAgain: found } of inspected)
      for (const name in found) scannedAgain[name] = (scannedAgain[name] ?? 0) + found[name]!;
    return {
      pieces: joinPieces(inspected.flatMap(({ pieces }) => pieces)),
      accepted: inspected.reduce((sum, { accepted }) => sum + accepted, 0),
      refused: inspected.flatMap(({ refused }) => refused),
      scannedAgain,
    };
  }

  /** What ends the thread that inspects it is narrowed down to the one message. */
  async function inspect(
    org: string,
    redaction: RedactionSettings,
    messages: readonly Readable[],
    ingestedAt: number,
    crashes = 0,
  ): Promise<Outcome> {
    try {
      const answer = await pool.inspectQueued({ org, redaction, ingestedAt, ...packed(messages) });
      return {
        ...answer,
        refused: answer.refused.map(({ nth, code, message }) => ({
          message: messages[nth]!.message,
          error: new CodedError(code as ErrorCode, message),
        })),
      };
    } catch (error) {
      if (!(error instanceof CodedError) || error.extra['lost'] !== true) throw error;
      if (messages.length > 1) {
        const middle = messages.length >> 1;
        const first = await inspect(org, redaction, messages.slice(0, middle), ingestedAt);
        const second = await inspect(org, redaction, messages.slice(middle), ingestedAt);
        return {
          pieces: [...first.pieces, ...second.pieces],
          accepted: first.accepted + second.accepted,
          refused: [...first.refused, ...second.refused],
          scannedAgain: { ...first.scannedAgain, ...second.scannedAgain },
        };
      }
      if (crashes + 1 < MOST_CRASHES) return inspect(org, redaction, messages, ingestedAt, crashes + 1);
      const fault = new CodedError('INTERNAL', `${error.message}, ${MOST_CRASHES} times`);
      return { pieces: [], accepted: 0, refused: [{ message: messages[0]!.message, error: fault }], scannedAgain: {} };
    }
  }

  return async (messages: readonly QueuedMessage[], source: string, wait: WaitForStore): Promise<number> => {
    const orgs = new Map<string, Readable[]>();
    for (const message of messages) {
      const head = headOf(message);
      if (head instanceof CodedError) await bury(message, head);
      else {
        const known = orgs.get(head.org);
        if (known) known.push({ message, head });
        else orgs.set(head.org, [{ message, head }]);
      }
    }
    const stored = await Promise.all([...orgs].map(([org, own]) => storeOrg(org, own, source, wait)));
    return stored.reduce((sum, spans) => sum + spans, 0);
  };
}

type Outcome = Pick<InspectedMessages, 'pieces' | 'accepted' | 'scannedAgain'> & {
  readonly refused: readonly { readonly message: QueuedMessage; readonly error: CodedError }[];
};

function headOf(message: QueuedMessage): MessageHead | CodedError {
  try {
    return readHead(message.headers);
  } catch (error) {
    if (isCoded(error)) return error;
    throw error;
  }
}

function isFaultOfRows(error: unknown): error is CodedError {
  return isCoded(error, 'STORE_REFUSED') && FAULT_OF_ROWS.test(String(error.extra['clickhouse_type'] ?? ''));
}

function takeTasks(messages: readonly Readable[]): Readable[][] {
  const tasks: Readable[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const readable of messages) {
    const size = readable.message.value?.length ?? 0;
    if (bytes + size > TASK_BYTES) {
      tasks.push([]);
      bytes = 0;
    }
    tasks.at(-1)!.push(readable);
    bytes += size;
  }
  return tasks;
}

/** A copy: values share the buffer of the whole fetch, which would else cross to the thread with each of them. */
function packed(messages: readonly Readable[]) {
  const sizes = messages.map(({ message }) => message.value?.length ?? 0);
  const values = new Uint8Array(sizes.reduce((sum, size) => sum + size, 0));
  let at = 0;
  for (const [nth, { message }] of messages.entries()) {
    if (message.value !== null) values.set(message.value, at);
    at += sizes[nth]!;
  }
  return { values, messages: messages.map(({ head }, nth) => ({ ...head, length: sizes[nth]! })) };
}
