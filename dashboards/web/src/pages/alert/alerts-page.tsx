import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import type { Count, ListedAlert, Page } from '../../answers.ts';
import { useAddress } from '../../frame/use-address.ts';
import { useKeys } from '../../frame/use-keys.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { grouped } from '../../number.ts';
import { NoSpans } from '../../parts/empty.tsx';
import { Facet } from '../../parts/facet.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Claim, Said } from '../../parts/said.tsx';
import { Severity } from '../../parts/severity.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { useColumns } from '../../parts/use-columns.tsx';
import { type Column, VirtualList } from '../../parts/virtual-list.tsx';
import { When } from '../../parts/when.tsx';
import { pathOf, request } from '../../request.ts';
import { useActOnAlerts } from './act-on-alerts.ts';
import { VERDICT_WORDS } from './alert-triage.tsx';

const STATUSES = ['open', 'acknowledged', 'closed'];

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
    queryFn: () =>
      request<Record<'status' | 'severity' | 'rule_id', Count[]>>('GET', pathOf('/alert-counts', { since: from })),
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
  const run = (action: Parameters<typeof act.mutate>[0] extends infer A ? A : never) => {
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

  const columns: Column<ListedAlert>[] = [
    {
      key: 'select',
      title: <span className="hidden-text">Select</span>,
      width: '24px',
      cell: ({ id, title }) => (
        <input
          type="checkbox"
          style={{ width: 16, height: 24 }}
          aria-label={`Select ${title}`}
          checked={selected.has(id)}
          onChange={() => toggle(id)}
        />
      ),
    },
    {
      key: 'severity',
      title: 'Severity',
      width: '80px',
      from: 500,
      cell: ({ severity }) => <Severity severity={severity} />,
    },
    {
      key: 'shape',
      title: <span className="hidden-text">Severity</span>,
      width: innerWidth < 500 ? '14px' : '0px',
      cell: ({ severity }) => (innerWidth < 500 ? <Severity severity={severity} bare /> : null),
    },
    {
      key: 'title',
      title: 'What happened',
      width: 'minmax(110px, 1fr)',
      cell: ({ id, title, rule_id }) => (
        <div style={{ lineHeight: '18px' }}>
          <Link href={`/alerts/${id}`} className="cut" style={{ display: 'block' }} title={title}>
            <Claim text={title} />
          </Link>
          <span className="small faint cut" style={{ display: 'block' }}>
            {rule_id}
          </span>
        </div>
      ),
    },
    {
      key: 'risk',
      name: 'Risk',
      title: 'Risk',
      width: '44px',
      align: 'right',
      from: 700,
      cell: ({ risk_score }) => risk_score,
    },
    {
      key: 'verdict',
      name: 'First look',
      title: 'First look',
      width: '120px',
      from: 1_100,
      cell: ({ verdict }) => (verdict ? VERDICT_WORDS[verdict] : null),
    },
    {
      key: 'status',
      name: 'State',
      title: 'State',
      width: '104px',
      from: status === 'any' ? 700 : 9_999,
      cell: ({ status }) => <span className={status === 'closed' ? 'chip good' : 'chip'}>{status}</span>,
    },
    {
      key: 'assignee',
      name: 'Assignee',
      title: 'Assignee',
      width: '110px',
      from: 1_300,
      cell: ({ assignee }) => assignee ?? <span className="faint">nobody</span>,
    },
    {
      key: 'count',
      name: 'Matches',
      title: 'Matches',
      width: '60px',
      align: 'right',
      from: 1_400,
      cell: ({ count }) => grouped(count),
    },
    {
      key: 'rule',
      name: 'Rule',
      title: 'Rule',
      width: '170px',
      from: 9_999,
      cell: ({ rule_id }) => <Link href={`/rules/${rule_id}`}>{rule_id}</Link>,
    },
    {
      key: 'entity',
      name: 'About',
      title: 'About',
      width: '180px',
      from: 1_800,
      cell: ({ entity }) => <Said text={entity.value} />,
    },
    {
      key: 'session',
      name: 'Session',
      title: 'Session',
      width: '180px',
      from: 9_999,
      cell: ({ session_id }) => (
        <Link className="mono" href={`/sessions/${encodeURIComponent(session_id)}`}>
          {session_id}
        </Link>
      ),
    },
    {
      key: 'opened',
      name: 'Opened',
      title: 'Opened',
      width: '88px',
      align: 'right',
      cell: ({ opened_at }) => <When at={opened_at} />,
    },
  ];

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
        <div className="facets">
          <Facet
            title="State"
            chosen={status}
            choose={(key) => set({ status: key || 'any' })}
            choices={[...STATUSES.map((key) => ({ key, count: countOf(key) })), { key: 'any' }]}
          />
          <Facet
            title="Order"
            chosen={filter.order}
            choose={(key) => set({ order: key === 'opened' ? key : '' })}
            choices={[{ key: 'triage' }, { key: 'opened' }]}
          />
          <Facet
            title="Severity"
            chosen={get('severity')}
            choose={(severity) => set({ severity })}
            choices={(counts.data?.severity ?? []).map((entry) => ({
              ...entry,
              label: <Severity severity={entry.key} />,
            }))}
          />
          <Facet
            title="Rule"
            chosen={get('rule')}
            choose={(rule) => set({ rule })}
            choices={counts.data?.rule_id ?? []}
          />
        </div>
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
          {selected.size > 0 && (
            <div className="bulk" role="toolbar" aria-label="Selected alerts">
              <span>{grouped(selected.size)} selected</span>
              <button type="button" className="button" onClick={() => run({ action: 'acknowledge', ids: aimed })}>
                Acknowledge <kbd>a</kbd>
              </button>
              <button
                type="button"
                className="button"
                onClick={() => run({ action: 'close', reason: 'benign', ids: aimed })}
              >
                Close as benign <kbd>e</kbd>
              </button>
              <button
                type="button"
                className="button"
                onClick={() => run({ action: 'close', reason: 'false_positive', ids: aimed })}
              >
                False positive
              </button>
              <button type="button" className="button plain" onClick={() => setSelected(new Set())}>
                Clear
              </button>
            </div>
          )}
        </div>
      </div>
    </div>
  );
}
