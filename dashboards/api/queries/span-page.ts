import { CodedError } from '../../../engine/core/errors.ts';
import { readCursor } from '../page.ts';

/** The order in which spans are shown, and a column that says where in it one stands. */
export const SPAN_ORDER = 'Timestamp, SpanSequence, SpanId';
export const SPAN_POSITION =
  '[toString(toUnixTimestamp64Nano(Timestamp)), toString(SpanSequence), toString(SpanId)] AS position';

const PARTS = [/^-?\d{1,19}$/, /^\d{1,20}$/, /^[0-9a-f]{16}$/];

export interface SpanPage {
  /** Position of the span behind which to go on. */
  readonly after?: readonly string[] | undefined;
  readonly limit: number;
}

/** The position in a cursor; undefined for the first page. Throws BAD_REQUEST for what is none. */
export function readSpanCursor(cursor: string | undefined): readonly string[] | undefined {
  const position = readCursor(cursor, PARTS.length);
  if (position?.every((part, index) => PARTS[index]!.test(part)) === false)
    throw new CodedError('BAD_REQUEST', 'The cursor is not one of this list', { extra: { field: 'cursor' } });
  return position;
}

/** A condition on the spans of a page, with its parameters; one span more than the page holds is to be asked for. */
export function spanPageSql({ after, limit }: SpanPage) {
  return {
    condition:
      after === undefined
        ? '1'
        : '(toUnixTimestamp64Nano(Timestamp), SpanSequence, SpanId) > ({at: Int64}, {sequence: UInt64}, {span: String})',
    params: { limit: limit + 1, at: after?.[0] ?? '0', sequence: after?.[1] ?? '0', span: after?.[2] ?? '' },
  };
}
