import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Page, ShownLog } from '../../answers.ts';
import { grouped } from '../../number.ts';
import { Answer } from '../../parts/answer.tsx';
import { Said } from '../../parts/said.tsx';
import { type Column, VirtualList } from '../../parts/virtual-list.tsx';
import { When } from '../../parts/when.tsx';
import { pathOf, request } from '../../request.ts';

/** OpenTelemetry's severity numbers: from 17 on errors, from 13 on warnings. */
const chipOf = (severity: number) => (severity >= 17 ? 'chip critical' : severity >= 13 ? 'chip high' : 'chip');

/** The log records of a session in order; `open` shows the span that one belongs to. */
export function SessionLogs({ id, open }: { id: string; open: (spanId: string) => void }) {
  const [chosen, setChosen] = useState('');
  const logs = useInfiniteQuery({
    queryKey: ['session', id, 'logs'],
    queryFn: ({ pageParam, signal }) =>
      request<Page<ShownLog>>(
        'GET',
        pathOf(`/sessions/${encodeURIComponent(id)}/logs`, { cursor: pageParam, limit: 200 }),
        undefined,
        signal,
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });
  const items = logs.data?.pages.flatMap((page) => page.items) ?? [];
  const log = items.find((item) => item.id === chosen);
  const columns: Column<ShownLog>[] = [
    { key: 'at', title: 'Time', width: '84px', cell: ({ at }) => <When at={at} as="clock" /> },
    {
      key: 'severity',
      title: 'Severity',
      width: '76px',
      from: 500,
      cell: ({ severity, severity_number }) =>
        severity === '' ? null : <span className={chipOf(severity_number)}>{severity}</span>,
    },
    {
      key: 'event',
      title: 'Event and message',
      width: 'minmax(120px, 1fr)',
      cell: (item) => (
        <button
          type="button"
          className="button plain cut"
          style={{ width: '100%', paddingInline: 0, textAlign: 'start', display: 'block' }}
          aria-expanded={item.id === chosen}
          onClick={() => setChosen(item.id === chosen ? '' : item.id)}
        >
          {item.event !== '' && <span className="mono">{item.event} </span>}
          {item.body === null ? <span className="faint">text hidden</span> : <Said text={item.body} />}
        </button>
      ),
    },
    { key: 'tool', title: 'Tool', width: '140px', from: 900, cell: ({ tool, model }) => tool || model },
    {
      key: 'service',
      title: 'Service',
      width: '140px',
      from: 1_250,
      cell: ({ service_name }) => <span className="muted">{service_name}</span>,
    },
  ];
  return (
    <>
      <section className="panel" aria-label="Logs">
        <header>
          <h2>Log records</h2>
          <span className="small faint num">
            {grouped(items.length)}
            {logs.hasNextPage && ' so far: more come as you scroll'}
          </span>
        </header>
        <Answer of={logs} height={32} rows={6}>
          {() =>
            items.length === 0 ? (
              <p className="state muted">No log record was sent for this session. OTLP logs come in at /v1/logs.</p>
            ) : (
              <VirtualList
                label="Log records"
                items={items}
                columns={columns}
                keyOf={(item) => item.id}
                rowHeight={36}
                height="calc(100dvh - 330px)"
                at={items.findIndex((item) => item.id === chosen)}
                onEnd={() => logs.hasNextPage && !logs.isFetching && void logs.fetchNextPage()}
              />
            )
          }
        </Answer>
      </section>
      {log && <Whole log={log} open={open} />}
    </>
  );
}

function Whole({ log, open }: { log: ShownLog; open: (spanId: string) => void }) {
  const span = log.event_span_id || log.span_id;
  return (
    <section className="panel" aria-label="Log record">
      <header>
        <h2 className="cut">{log.event || 'Message'}</h2>
        {span !== '' && (
          <button type="button" className="button" onClick={() => open(span)}>
            Open its span
          </button>
        )}
      </header>
      <div className="body stack">
        {log.body === null ? (
          <p className="muted">{grouped(log.body_length)} characters, for the author and those who broke the glass.</p>
        ) : (
          log.body !== '' && (
            <pre className="code wrapped" tabIndex={0}>
              <Said text={log.body} />
            </pre>
          )
        )}
        <dl className="facts small">
          {Object.keys(log.attributes)
            .sort()
            .map((name) => (
              <div key={name} style={{ display: 'contents' }}>
                <dt className="mono" style={{ overflowWrap: 'anywhere' }}>
                  {name}
                </dt>
                <dd className="mono">
                  <Said text={log.attributes[name]!} />
                </dd>
              </div>
            ))}
        </dl>
      </div>
    </section>
  );
}
