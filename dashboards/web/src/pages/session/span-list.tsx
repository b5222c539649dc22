import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';

interface Props {
  readonly label: string;
  readonly count: number;
  /** Which one is kept in sight; -1 for none. */
  readonly at: number;
  /** Pixels; rows may measure themselves instead. */
  readonly rowHeight: number;
  /** How many are there beyond those that are seen. */
  readonly overscan: number;
  /** Pixels between rows, and before and after them. */
  readonly gap?: number;
  readonly padding?: number;
  /** Scrolled close to the end: the next page is wanted. */
  readonly onEnd: () => void;
  /** Stands above the rows. */
  readonly head?: ReactNode;
  readonly row: (index: number, top: number, measure: (element: HTMLElement | null) => void) => ReactNode;
}

/** Rows that exist only where they are seen, the chosen one in sight. */
export function SpanList({ label, count, at, rowHeight, overscan, gap = 0, padding = 0, onEnd, head, row }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan,
    gap,
    paddingStart: padding,
    paddingEnd: padding,
  });
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: 'auto' });
  }, [at, rows]);
  return (
    <div
      ref={box}
      className="vscroll"
      onScroll={({ currentTarget }) => isAtEnd(currentTarget) && onEnd()}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      {head}
      <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ index, start }) => row(index, start, rows.measureElement))}
      </div>
    </div>
  );
}

/** Pixels before the end at which the next page is asked for. */
const MARGIN = 600;

/** Whether a box that scrolls is near the end of what it holds. */
function isAtEnd({ scrollTop, clientHeight, scrollHeight }: Element): boolean {
  return scrollTop + clientHeight >= scrollHeight - MARGIN;
}
