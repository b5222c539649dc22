import type { ReactNode } from 'react';
import { Answer } from './answer.tsx';
import { DataTable } from './data-table.tsx';
import { Failure } from './failure.tsx';
import type { useKept } from './use-kept.ts';

/** The table of a kept list, and what went wrong with the last change. */
export function KeptList<Item>({
  label,
  of: { list, listError },
  head,
  empty,
  children,
}: {
  label: string;
  of: ReturnType<typeof useKept<Item>>;
  head: readonly string[];
  empty: ReactNode;
  children: (item: Item) => ReactNode;
}) {
  return (
    <Answer of={list}>
      {({ items }) => (
        <>
          {listError && <Failure error={listError} />}
          <DataTable label={label} head={head} items={items} empty={empty}>
            {children}
          </DataTable>
        </>
      )}
    </Answer>
  );
}
