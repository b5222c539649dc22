import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Page, SessionFigures } from '../../answers.ts';
import { useAddress } from '../../frame/use-address.ts';
import { useKeys } from '../../frame/use-keys.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { dollars, duration, figure } from '../../number.ts';
import { NoSpans } from '../../parts/empty.tsx';
import { Facet } from '../../parts/facet.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Said } from '../../parts/said.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { useColumns } from '../../parts/use-columns.tsx';
import { type Column, VirtualList } from '../../parts/virtual-list.tsx';
import { When } from '../../parts/when.tsx';
import { pathOf, request } from '../../request.ts';

const COLUMNS: readonly Column<SessionFigures>[] = [
  {
    key: 'session',
    title: 'Session',
    width: 'minmax(130px, 2.4fr)',
    cell: ({ id, agents }) => (
      <div style={{ lineHeight: '18px' }}>
        <Link href={`/sessions/${encodeURIComponent(id)}`} className="cut mono" style={{ display: 'block' }} title={id}>
          {id}
        </Link>
        <span className="small faint cut" style={{ display: 'block' }}>
          {agents.join(', ') || 'unknown agent'}
        </span>
      </div>
    ),
  },
  {
    key: 'user',
    name: 'User',
    title: 'User',
    width: 'minmax(112px, 0.8fr)',
    from: 1_250,
    cell: ({ users }) => <Said text={users.join(', ')} />,
  },
  {
    key: 'tools',
    name: 'Tools',
    title: 'Tools',
    width: 'minmax(80px, 1fr)',
    from: 900,
    cell: ({ tools }) => (
      <span title={tools.join(', ')} className="muted">
        {tools.join(', ')}
      </span>
    ),
  },
  {
    key: 'models',
    name: 'Models',
    title: 'Models',
    width: '120px',
    from: 1_500,
    cell: ({ models }) => <span className="muted">{models.join(', ')}</span>,
  },
  {
    key: 'spans',
    name: 'Spans',
    title: 'Spans',
    width: '60px',
    align: 'right',
    from: 500,
    cell: ({ spans }) => figure(spans),
  },
  {
    key: 'errors',
    name: 'Errors',
    title: 'Errors',
    width: '52px',
    align: 'right',
    from: 1_100,
    cell: ({ errors }) => (errors > 0 ? <span className="sev critical">{figure(errors)}</span> : '0'),
  },
  {
    key: 'tokens',
    name: 'Tokens',
    title: 'Tokens',
    width: '64px',
    align: 'right',
    from: 1_000,
    cell: ({ input_tokens, output_tokens }) => figure(input_tokens + output_tokens),
  },
  {
    key: 'cost',
    name: 'Cost',
    title: 'Cost',
    width: '72px',
    align: 'right',
    from: 1_400,
    cell: ({ cost_usd }) => dollars(cost_usd),
  },
  {
    key: 'length',
    name: 'Length',
    title: 'Length',
    width: '80px',
    align: 'right',
    from: 700,
    cell: ({ started_at, ended_at }) => duration(Date.parse(ended_at) - Date.parse(started_at)),
  },
  {
    key: 'started',
    name: 'Started',
    title: 'Started',
    width: '84px',
    align: 'right',
    cell: ({ started_at }) => <When at={started_at} />,
  },
];

/** Sessions of the period, narrowed by agent, user or tool. */
export default function SessionsPage() {
  const { get, set, navigate } = useAddress();
  const { from, to } = useTimeRange();
  const [at, setAt] = useState(-1);
  const filter = { from, to, agent_id: get('agent'), user_id: get('user'), tool: get('tool') };
  const sessions = useInfiniteQuery({
    queryKey: ['sessions', filter],
    queryFn: ({ pageParam, signal }) =>
      request<Page<SessionFigures>>(
        'GET',
        pathOf('/sessions', { ...filter, cursor: pageParam, limit: 200 }),
        undefined,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const items = sessions.data?.pages.flatMap((page) => page.items) ?? [];
  useKeys({
    j: () => setAt(Math.min(at + 1, items.length - 1)),
    k: () => setAt(Math.max(at - 1, 0)),
    Enter: () => items[at] && navigate(`/sessions/${encodeURIComponent(items[at].id)}`),
  });
  const [shown, chooser] = useColumns('sessions', COLUMNS);
  const isNarrowed = get('agent') !== '' || get('user') !== '' || get('tool') !== '';
  return (
    <div className="page">
      <div className="title-row">
        <h1>Sessions</h1>
        <span className="grow" />
        {chooser}
      </div>
      <div className="with-facets">
        <div className="facets">
          <Facet
            title="Agent"
            chosen={get('agent')}
            choose={(agent) => set({ agent })}
            choices={tally(items, ({ agents }) => agents)}
          />
          <Facet
            title="Tool"
            chosen={get('tool')}
            choose={(tool) => set({ tool })}
            choices={tally(items, ({ tools }) => tools)}
          />
          <Facet
            title="User"
            chosen={get('user')}
            choose={(user) => set({ user })}
            choices={tally(items, ({ users }) => users)}
          />
        </div>
        <section className="panel" aria-label="Sessions">
          {sessions.isPending ? (
            <div className="body">
              <Skeleton height={36} rows={10} />
            </div>
          ) : sessions.error ? (
            <div className="body">
              <Failure error={sessions.error} retry={sessions.refetch} />
            </div>
          ) : items.length > 0 ? (
            <VirtualList
              label="Sessions"
              items={items}
              columns={shown}
              keyOf={({ id }) => id}
              rowHeight={48}
              at={at}
              onEnd={() => sessions.hasNextPage && !sessions.isFetching && void sessions.fetchNextPage()}
            />
          ) : isNarrowed ? (
            <div className="state">
              <h2>Nothing here with these filters</h2>
              <button type="button" className="button" onClick={() => set({ agent: '', user: '', tool: '' })}>
                Show every session of the period
              </button>
            </div>
          ) : (
            <NoSpans what="sessions" />
          )}
        </section>
      </div>
    </div>
  );
}

/** The commonest values among the sessions that are loaded. */
function tally(items: readonly SessionFigures[], of: (session: SessionFigures) => readonly string[]) {
  const counts = new Map<string, number>();
  for (const key of items.flatMap(of)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
    .slice(0, 10)
    .map(([key, count]) => ({ key, count }));
}
