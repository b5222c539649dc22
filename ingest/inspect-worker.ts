import { move, transferableSymbol, valueSymbol, workerData } from 'piscina';
import { isCoded } from '../engine/core/errors.ts';
import type { RedactionSettings } from '../engine/redaction/redaction-settings.ts';
import { compileBuiltInScanner, createRedactor, type Redactor } from '../engine/redaction/redactor.ts';
import { type Forwarded, inspectForward } from './gateway/inspect-forward.ts';
import { inspectExport } from './inspect-export.ts';
import type { Inspected } from './inspected.ts';
import { type InspectedMessages, inspectMessages, type MessagesTask } from './kafka/inspect-messages.ts';
import { letGo } from './let-go.ts';
import type { OtlpEncoding } from './otlp/decode-export.ts';
import { DEFAULT_DECODE_LIMITS } from './otlp/decode-limits.ts';
import type { Signal } from './otlp/signal.ts';
import { createSecondScanners, type SecondScanOptions } from './second-scan/create-second-scanners.ts';

/** What a worker thread is given: plain values only. */
export interface InspectTask {
  readonly signal: Signal;
  readonly org: string;
  readonly redaction: RedactionSettings;
  readonly encoding: OtlpEncoding;
  readonly body: Uint8Array;
  readonly ingestedAt: number;
  readonly fromGateway?: boolean | undefined;
}

/** An error of the catalogue, as it crosses between threads. */
export interface RefusedTask {
  readonly refused: { code: string; message: string; extra: Record<string, unknown> };
}

/** Orgs whose scanners a worker keeps ready. */
const MOST_REDACTORS = 64;
const redactors = new Map<string, { readonly revision: string; readonly redactor: Redactor }>();
/** Compiled once a thread: it is the same for every org. */
const scanner = compileBuiltInScanner();

const secondScanners = createSecondScanners(workerData as SecondScanOptions);

/** Entry of the worker threads. Errors of the catalogue are answered, not thrown: their class would not survive the way. */
export default async function inspect(task: InspectTask): Promise<Inspected | RefusedTask> {
  try {
    const inspected = await inspectExport(task.signal, task.body, task.encoding, {
      redactor: redactorOf(task),
      limits: DEFAULT_DECODE_LIMITS,
      clock: Date.now,
      ingestedAt: task.ingestedAt,
      secondScanners: await secondScanners,
      fromGateway: task.fromGateway,
    });
    letGo(task.body);
    return handOver(inspected);
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { refused: { code: error.code, message: error.message, extra: { ...error.extra } } };
  }
}

/** Entry for a gateway: requests to send on instead of rows. */
export async function forward(task: InspectTask): Promise<Forwarded | RefusedTask> {
  try {
    return await inspectForward(task.signal, task.body, task.encoding, {
      redactor: redactorOf(task),
      limits: DEFAULT_DECODE_LIMITS,
      clock: Date.now,
      ingestedAt: task.ingestedAt,
      secondScanners: await secondScanners,
    });
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { refused: { code: error.code, message: error.message, extra: { ...error.extra } } };
  }
}

/** Entry for messages of Kafka. Each that is refused for good is told by its place; what is thrown can be tried again. */
export async function inspectQueued(task: MessagesTask): Promise<InspectedMessages | RefusedTask> {
  try {
    const inspected = await inspectMessages(task, {
      redactor: redactorOf(task),
      limits: DEFAULT_DECODE_LIMITS,
      clock: Date.now,
      ingestedAt: task.ingestedAt,
      secondScanners: await secondScanners,
    });
    letGo(task.values);
    return handOver(inspected);
  } catch (error) {
    if (!isCoded(error)) throw error;
    return { refused: { code: error.code, message: error.message, extra: { ...error.extra } } };
  }
}

/** Hands the rows to the main thread without copying them. */
function handOver<T extends Pick<Inspected, 'pieces'>>(inspected: T): T {
  if (inspected.pieces.length === 0) return inspected;
  const buffers = inspected.pieces.map(({ rows }) => rows.buffer);
  return move({ [transferableSymbol]: buffers, [valueSymbol]: inspected }) as unknown as T;
}

function redactorOf({ org, redaction }: Pick<InspectTask, 'org' | 'redaction'>): Redactor {
  const known = redactors.get(org);
  if (known?.revision === redaction.revision) return known.redactor;
  if (redactors.size >= MOST_REDACTORS) redactors.clear();
  const redactor = createRedactor({ ...redaction, scanner });
  redactors.set(org, { revision: redaction.revision, redactor });
  return redactor;
}
