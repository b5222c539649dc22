import { CodedError, isCoded } from '../../engine/core/errors.ts';
import type { RedactionSettings } from '../../engine/redaction/redaction-settings.ts';
import { INSERT_BYTES } from '../group-commit.ts';
import type { InspectContext } from '../inspect-context.ts';
import { inspectExport } from '../inspect-export.ts';
import type { RowPiece } from '../inspected.ts';
import { letGo } from '../let-go.ts';
import { type MessageHead, unpackBody } from './export-message.ts';

/** Messages of one org, as a worker thread is given them: plain values only. */
export interface MessagesTask {
  readonly org: string;
  readonly redaction: RedactionSettings;
  readonly ingestedAt: number;
  /** The values of all messages, one behind the other, in a buffer of its own. */
  readonly values: Uint8Array;
  readonly messages: readonly (MessageHead & { readonly length: number })[];
}

/** A message that can't be stored, by its place in the task. */
export interface RefusedMessage {
  readonly nth: number;
  readonly code: string;
  /** Free of content. */
  readonly message: string;
}

export interface InspectedMessages {
  /** Rows of all messages, in pieces that one insert can hold. */
  readonly pieces: readonly RowPiece[];
  readonly accepted: number;
  readonly rejected: number;
  readonly refused: readonly RefusedMessage[];
  readonly scannedAgain: Readonly<Record<string, number>>;
}

/**
 * Unpacks and inspects messages one by one, so that the outcome does not depend on what was fetched together and a bad one only costs
 * itself. Throws what a retry can help with.
 */
export async function inspectMessages(task: MessagesTask, context: InspectContext): Promise<InspectedMessages> {
  const rows: RowPiece[] = [];
  const refused: RefusedMessage[] = [];
  const scannedAgain: Record<string, number> = {};
  let accepted = 0;
  let rejected = 0;
  let at = 0;
  for (const [nth, { signal, codec, encoding, fromGateway, length }] of task.messages.entries()) {
    const value = task.values.subarray(at, at + length);
    at += length;
    try {
      const body = await unpackBody(value, codec);
      const inspected = await inspectExport(signal, body, encoding, { ...context, fromGateway });
      // What came unpacked is a part of the task's values, which go with the task.
      if (body !== value) letGo(body);
      rows.push(...inspected.pieces);
      accepted += inspected.accepted;
      rejected += inspected.rejected;
      for (const [scanner, found] of Object.entries(inspected.scannedAgain)) {
        scannedAgain[scanner] = Math.max(scannedAgain[scanner] ?? 0, 0) + found;
      }
    } catch (error) {
      if (error instanceof CodedError && error.retryable) throw error;
      refused.push(
        isCoded(error)
          ? { nth, code: error.code, message: error.message }
          : {
              nth,
              code: 'INTERNAL',
              message: `inspecting it failed (${error instanceof Error ? error.name : 'unknown'})`,
            },
      );
    }
  }
  return { pieces: joinPieces(rows), accepted, rejected, refused, scannedAgain };
}

/** Rows of several tasks in as few pieces as one insert each can hold. */
export function joinPieces(pieces: readonly RowPiece[]): RowPiece[] {
  return [...Map.groupBy(pieces, ({ table }) => table)].flatMap(([table, own]) =>
    joinRows(own.map(({ rows }) => rows)).map((rows) => ({ table, rows })),
  );
}

function joinRows(all: readonly Uint8Array[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let group: Uint8Array[] = [];
  let bytes = 0;
  const close = () => {
    if (group.length > 0) pieces.push(group.length === 1 ? group[0]! : joined(group, bytes));
    group = [];
    bytes = 0;
  };
  for (const piece of all) {
    if (bytes + piece.length > INSERT_BYTES) close();
    group.push(piece);
    bytes += piece.length;
  }
  close();
  return pieces;
}

/** In a buffer of its own, so that it can be handed to another thread; the pieces are empty afterwards. */
function joined(group: readonly Uint8Array[], bytes: number): Uint8Array {
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const piece of group) {
    whole.set(piece, at);
    at += piece.length;
    letGo(piece);
  }
  return whole;
}
