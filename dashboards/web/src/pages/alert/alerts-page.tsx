import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { ListedAlert, Page } from '../../answers.ts';
import { useAddress } from '../../frame/use-address.ts';
import { useKeys } from '../../frame/use-keys.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { grouped } from '../../number.ts';
import { NoSpans } from '../../parts/empty.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { useColumns } from '../../parts/use-columns.tsx';
import { VirtualList } from '../../parts/virtual-list.tsx';
import { pathOf, request } from '../../request.ts';
import { type AimedAction, useActOnAlerts } from './act-on-alerts.ts';
import { alertColumns } from './alert-columns.tsx';
import { type AlertCounts, AlertFacets } from './alert-facets.tsx';
import { BulkBar } from './bulk-bar.tsx';

/** The inbox: live, filtered by facets, worked through by keyboard. */
export function AlertsPage() {
  const { get, set, navigate } = useAddress();
  const { from } = useTimeRange();
  const [at, setAt] = useState(-1);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const act = useActOnAlerts();
  // An inbox is about what is open; `any` shows the rest too.
  const status = get('status') || 'open';
  const filter = {
    status: status === 'any' ? '' : status,
    severity: get('severity'),
    rule_id: get('rule'),
    since: from,
    order: get('order') || 'triage',
  };
  const alerts = useInfiniteQuery({
    queryKey: ['alerts', 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      request<Page<ListedAlert>>(
        'GET',
        pathOf('/alerts', { ...filter, cursor: pageParam, limit: 100 }),
        undefined,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const counts = useQuery({
    queryKey: ['alerts', 'counts', from],
    queryFn: () => request<AlertCounts>('GET', pathOf('/alert-counts', { since: from })),
    placeholderData: keepPreviousData,
  });
  const items = alerts.data?.pages.flatMap((page) => page.items) ?? [];
  const current = items[Math.min(at, items.length - 1)];
  const countOf = (key: string) => counts.data?.status.find((entry) => entry.key === key)?.count ?? 0;

  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  const aimed = selected.size > 0 ? [...selected] : current ? [current.id] : [];
  const run = (action: AimedAction) => {
    act.mutate(action);
    setSelected(new Set());
  };
  useKeys({
    j: () => setAt(Math.min(at + 1, items.length - 1)),
    k: () => setAt(Math.max(at - 1, 0)),
    ArrowDown: () => setAt(Math.min(at + 1, items.length - 1)),
    ArrowUp: () => setAt(Math.max(at - 1, 0)),
    Enter: () => current && navigate(`/alerts/${current.id}`),
    x: () => current && toggle(current.id),
    a: () => aimed.length > 0 && run({ action: 'acknowledge', ids: aimed }),
    e: () => aimed.length > 0 && run({ action: 'close', reason: 'benign', ids: aimed }),
    Escape: () => setSelected(new Set()),
  });

  const columns = alertColumns({ allStates: status === 'any', selected, toggle });
  const [shown, chooser] = useColumns('alerts', columns);
  return (
    <div className="page">
      <div className="title-row">
        <h1>Alerts</h1>
        <span className="muted">
          {grouped(countOf('open'))} open, {grouped(countOf('acknowledged'))} acknowledged. <kbd>j</kbd> <kbd>k</kbd>{' '}
          move, <kbd>a</kbd> acknowledge, <kbd>e</kbd> close
        </span>
        <span className="grow" />
        <Link className="button" href="/alerts/incidents">
          By session
        </Link>
        {chooser}
      </div>
      <div className="with-facets">
        <AlertFacets status={status} order={filter.order} counts={counts.data} />
        <div className="stack">
          {act.error && <Failure error={act.error} />}
          <section className="panel" aria-label="Alerts">
            {alerts.isPending ? (
              <div className="body">
                <Skeleton height={36} rows={8} />
              </div>
            ) : alerts.error ? (
              <div className="body">
                <Failure error={alerts.error} retry={alerts.refetch} />
              </div>
            ) : items.length === 0 ? (
              countOf('open') + countOf('acknowledged') + countOf('closed') > 0 ? (
                <div className="state">
                  <h2>Nothing here with these filters</h2>
                  <button
                    type="button"
                    className="button"
                    onClick={() => set({ status: 'any', severity: '', rule: '' })}
                  >
                    Show every alert of the period
                  </button>
                </div>
              ) : (
                <NoSpans what="alerts" />
              )
            ) : (
              <VirtualList
                label="Alerts"
                items={items}
                columns={shown}
                keyOf={({ id }) => id}
                rowHeight={52}
                at={at}
                onEnd={() => alerts.hasNextPage && !alerts.isFetching && void alerts.fetchNextPage()}
              />
            )}
          </section>
          {selected.size > 0 && <BulkBar ids={aimed} run={run} clear={() => setSelected(new Set())} />}
        </div>
      </div>
    </div>
  );
}
