import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Incident, Page } from '../../answers.ts';
import { useAddress } from '../../frame/use-address.ts';
import { useKeys } from '../../frame/use-keys.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { grouped } from '../../number.ts';
import { Answer } from '../../parts/answer.tsx';
import { Claim } from '../../parts/said.tsx';
import { Severity } from '../../parts/severity.tsx';
import { type Column, VirtualList } from '../../parts/virtual-list.tsx';
import { When } from '../../parts/when.tsx';
import { pathOf, request } from '../../request.ts';

const COLUMNS: readonly Column<Incident>[] = [
  {
    key: 'severity',
    title: 'Severity',
    width: '80px',
    from: 500,
    cell: ({ severity }) => <Severity severity={severity} />,
  },
  {
    key: 'title',
    title: 'Gravest alert and session',
    width: 'minmax(110px, 1fr)',
    cell: ({ session_id, title }) => (
      <div style={{ lineHeight: '18px' }}>
        <Link href={pathOfIncident(session_id)} className="cut" style={{ display: 'block' }} title={title}>
          <Claim text={title} />
        </Link>
        <span className="small faint cut mono" style={{ display: 'block' }} title={session_id}>
          {session_id}
        </span>
      </div>
    ),
  },
  { key: 'risk', title: 'Risk', width: '44px', align: 'right', from: 700, cell: ({ risk_score }) => risk_score },
  {
    key: 'status',
    title: 'State',
    width: '104px',
    from: 600,
    cell: ({ status }) => <span className={status === 'closed' ? 'chip good' : 'chip'}>{status}</span>,
  },
  {
    key: 'rules',
    title: 'Rules',
    width: 'minmax(120px, 0.6fr)',
    from: 1_200,
    cell: ({ rules }) => (
      <span className="muted" title={rules.join(', ')}>
        {rules.join(', ')}
      </span>
    ),
  },
  {
    key: 'alerts',
    title: 'Alerts',
    width: '60px',
    align: 'right',
    cell: ({ alerts_total }) => grouped(alerts_total),
  },
  {
    key: 'updated',
    title: 'Changed',
    width: '84px',
    align: 'right',
    cell: ({ updated_at }) => <When at={updated_at} />,
  },
];

function pathOfIncident(session: string): string {
  return `/alerts/incidents/${encodeURIComponent(session)}`;
}

/** The alerts of each session as one matter, the latest first. */
export default function IncidentsPage() {
  const { navigate } = useAddress();
  const { from } = useTimeRange();
  const [at, setAt] = useState(-1);
  const incidents = useInfiniteQuery({
    queryKey: ['alerts', 'incidents', from],
    queryFn: ({ pageParam, signal }) =>
      request<Page<Incident>>(
        'GET',
        pathOf('/incidents', { since: from, cursor: pageParam, limit: 100 }),
        undefined,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const items = incidents.data?.pages.flatMap((page) => page.items) ?? [];
  useKeys({
    j: () => setAt(Math.min(at + 1, items.length - 1)),
    k: () => setAt(Math.max(at - 1, 0)),
    Enter: () => items[at] && navigate(pathOfIncident(items[at].session_id)),
    Escape: () => navigate('/alerts'),
  });
  return (
    <div className="page">
      <div className="title-row">
        <h1>Incidents</h1>
        <span className="muted">The alerts of one session as one matter.</span>
        <span className="grow" />
        <Link className="button" href="/alerts">
          Single alerts
        </Link>
      </div>
      <section className="panel" aria-label="Incidents">
        <Answer of={incidents} height={36} rows={8}>
          {() =>
            items.length === 0 ? (
              <div className="state">
                <h2>No session has an alert in this period</h2>
                <Link className="button" href="/alerts?status=any">
                  Show every alert
                </Link>
              </div>
            ) : (
              <VirtualList
                label="Incidents"
                items={items}
                columns={COLUMNS}
                keyOf={({ id }) => id}
                rowHeight={52}
                at={at}
                onEnd={() => incidents.hasNextPage && !incidents.isFetching && void incidents.fetchNextPage()}
              />
            )
          }
        </Answer>
      </section>
    </div>
  );
}
