import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useEffect, useRef } from 'react';

export interface Column<Item> {
  readonly key: string;
  /** What it is called where columns are chosen; one without is always there. */
  readonly name?: string;
  readonly title: ReactNode;
  /** A track of grid-template-columns. */
  readonly width: string;
  readonly cell: (item: Item, index: number) => ReactNode;
  readonly align?: 'right';
  /** Left out where the list is narrower than this, px. */
  readonly from?: number;
}

interface Props<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly columns: readonly Column<Item>[];
  readonly keyOf: (item: Item, index: number) => string;
  readonly rowHeight?: number;
  readonly height?: string;
  /** The line under the keyboard. */
  readonly at?: number;
  /** Comes close to the end: the next page is wanted. */
  readonly onEnd?: () => void;
}

/** A table whose rows exist only where they are seen. */
export function VirtualList<Item>({
  label,
  items,
  columns,
  keyOf,
  rowHeight = 44,
  height = 'calc(100dvh - 190px)',
  at,
  onEnd,
}: Props<Item>) {
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (onEnd && items.length > 0 && last >= items.length - 10) onEnd();
  }, [last, items.length, onEnd]);
  useEffect(() => {
    if (at !== undefined && at >= 0) rows.scrollToIndex(at);
  }, [at, rows]);
  const wide = columns.filter(({ from = 0 }) => innerWidth >= from);
  const grid = { gridTemplateColumns: wide.map(({ width }) => width).join(' ') };
  const least = Math.min(items.length * rowHeight + 36, 10_000);
  return (
    <div
      ref={box}
      className="vlist"
      style={{ height: `min(${least}px, ${height})`, minHeight: 80 }}
      role="table"
      aria-label={label}
      aria-rowcount={items.length}
      tabIndex={0}
    >
      <div className="head" style={grid} role="row">
        {wide.map(({ key, title, align }) => (
          <div key={key} role="columnheader" className={align === 'right' ? 'num' : 'cut'}>
            {title}
          </div>
        ))}
      </div>
      <div style={{ height: rows.getTotalSize(), position: 'relative' }} role="rowgroup">
        {shown.map(({ index, start }) => {
          const item = items[index]!;
          return (
            <div
              key={keyOf(item, index)}
              className={at === index ? 'line at' : 'line'}
              style={{ ...grid, height: rowHeight, transform: `translateY(${start}px)` }}
              role="row"
              aria-rowindex={index + 1}
            >
              {wide.map(({ key, cell, align }) => (
                <div key={key} role="cell" className={align === 'right' ? 'num' : 'cut'}>
                  {cell(item, index)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
