import { useInfiniteQuery } from '@tanstack/react-query';
import type { Page } from '../../answers.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { When } from '../../parts/when.tsx';
import { pathOf, request } from '../../request.ts';

interface Entry {
  id: string;
  at: string;
  actor: string;
  action: string;
  subject: string;
  detail: string;
  address: string;
}

/** Who did what, the latest first. */
export default function Audit() {
  const entries = useInfiniteQuery({
    queryKey: ['audit'],
    queryFn: ({ pageParam }) => request<Page<Entry>>('GET', pathOf('/audit', { cursor: pageParam, limit: 100 })),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  if (entries.isPending) return <Skeleton height={40} rows={6} />;
  if (entries.error) return <Failure error={entries.error} retry={entries.refetch} />;
  return (
    <>
      <p className="muted">The latest entries first; nothing here can be changed.</p>
      <DataTable
        label="Audit log"
        head={['When', 'Who', 'From', 'Did', 'To', 'Detail']}
        items={entries.data.pages.flatMap(({ items }) => items)}
        empty="Nothing was changed or read yet."
      >
        {(entry) => (
          <tr key={entry.id || `${entry.at} ${entry.action} ${entry.subject}`}>
            <td>
              <When at={entry.at} as="exact" />
            </td>
            <td>{entry.actor}</td>
            <td className="mono">{entry.address}</td>
            <td className="mono">{entry.action}</td>
            <td className="mono">{entry.subject}</td>
            <td>{entry.detail}</td>
          </tr>
        )}
      </DataTable>
      {entries.hasNextPage && (
        <button
          type="button"
          className="button"
          disabled={entries.isFetchingNextPage}
          onClick={() => void entries.fetchNextPage()}
        >
          Older entries
        </button>
      )}
    </>
  );
}
