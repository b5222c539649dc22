import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, Redirect } from 'wouter';
import type { ShownSpan } from '../../answers.ts';
import { grouped } from '../../number.ts';
import { Answer } from '../../parts/answer.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { When } from '../../parts/when.tsx';
import { pathOf, request } from '../../request.ts';

/** A trace is shown in its session; one that runs through several names each. */
export default function TracePage({ id }: { id: string }) {
  const trace = useInfiniteQuery({
    queryKey: ['trace', id],
    queryFn: ({ pageParam, signal }) =>
      request<{ spans: ShownSpan[]; next_cursor: string | null }>(
        'GET',
        pathOf(`/traces/${encodeURIComponent(id)}`, { cursor: pageParam }),
        undefined,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const spans = trace.data?.pages.flatMap((page) => page.spans) ?? [];
  const sessions = [...Map.groupBy(spans, ({ session_id }) => session_id)];
  const [only] = sessions;
  if (only && sessions.length === 1 && trace.data?.pages.length === 1)
    return <Redirect to={pathOfSpan(only[1][0]!)} replace />;
  return (
    <div className="page">
      <h1 className="cut" title={id}>
        Trace {id}
      </h1>
      <Answer of={trace} height={320} rows={1}>
        {() => (
          <DataTable label="Sessions of the trace" head={['Session', 'First span', '#Spans']} items={sessions}>
            {([session, of]) => (
              <tr key={session}>
                <td>
                  <Link className="mono" href={pathOfSpan(of[0]!)}>
                    {session}
                  </Link>
                </td>
                <td>
                  <When at={of[0]!.started_at} as="exact" />
                </td>
                <td className="num">{grouped(of.length)}</td>
              </tr>
            )}
          </DataTable>
        )}
      </Answer>
      {trace.hasNextPage && (
        <div className="row wrap small">
          <span className="muted">From the first {grouped(spans.length)} spans of the trace.</span>
          <button
            type="button"
            className="button"
            disabled={trace.isFetchingNextPage}
            onClick={() => void trace.fetchNextPage()}
          >
            Load the next
          </button>
        </div>
      )}
    </div>
  );
}

function pathOfSpan({ session_id, span_id }: ShownSpan): string {
  return `/sessions/${encodeURIComponent(session_id)}?span=${span_id}`;
}
