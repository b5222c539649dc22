import type { ReactNode } from 'react';

/** Titles of columns; one that begins with # is of figures, which stand at the right. */
export function DataTable<Item>({
  label,
  head,
  items,
  empty,
  small = false,
  bare = false,
  children,
}: {
  label: string;
  head: readonly string[];
  items: readonly Item[];
  empty?: ReactNode;
  small?: boolean;
  /** Within a panel that is there already. */
  bare?: boolean;
  /** The row of an item. */
  children: (item: Item, index: number) => ReactNode;
}) {
  return (
    <section className={bare ? 'scroll-x' : 'panel scroll-x'} aria-label={label} tabIndex={0}>
      {items.length === 0 && empty !== undefined ? (
        <div className="state muted">{empty}</div>
      ) : (
        <table className={small ? 'table small' : 'table'}>
          <thead>
            <tr>
              {head.map((title) => (
                <th key={title} className={title.startsWith('#') ? 'num' : undefined}>
                  {title.replace(/^#/, '')}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>{items.map(children)}</tbody>
        </table>
      )}
    </section>
  );
}
