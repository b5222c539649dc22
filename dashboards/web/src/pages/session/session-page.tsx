import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { Flow, OutlineSpan } from '../../answers.ts';
import { useAddress } from '../../frame/use-address.ts';
import { useKeys } from '../../frame/use-keys.ts';
import { dollars, duration, figure, grouped } from '../../number.ts';
import { CopyId } from '../../parts/copy-id.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Glass } from '../../parts/glass.tsx';
import { LitToken } from '../../parts/said.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';
import { MoreSpans } from './more-spans.tsx';
import { colourOf, titleOf } from './provenance-of.ts';
import { SessionLogs } from './session-logs.tsx';
import { SessionSummary } from './session-summary.tsx';
import { SpanDetail } from './span-detail.tsx';
import { Story } from './story.tsx';
import { useOutline } from './use-outline.ts';
import { Waterfall } from './waterfall.tsx';

const ProvenanceGraph = lazy(() => import('./provenance-graph.tsx'));
const TABS = {
  story: 'Story and waterfall',
  provenance: 'Provenance',
  path: 'Decision path',
  logs: 'Logs',
  span: 'Span',
} as const;

/** A session: what happened in order, when, what flowed where, and each span whole. */
export default function SessionPage({ id }: { id: string }) {
  const { get, set, navigate } = useAddress();
  const [lit, setLit] = useState('');
  const light = useMemo(() => ({ token: lit, light: setLit }), [lit]);
  const path = `/sessions/${encodeURIComponent(id)}`;
  const outline = useOutline(id, get('span'));
  const flows = useQuery({
    queryKey: ['session', id, 'provenance'],
    queryFn: () => request<{ flows: Flow[] }>('GET', `${path}/provenance`),
    enabled: get('tab') === 'provenance',
  });
  const { spans, chosen } = outline;
  const tab = get('tab') in TABS ? get('tab') : 'story';
  const choose = (span: OutlineSpan) => set({ span: span.span_id });
  const move = (by: number) => {
    const at = chosen ? spans.indexOf(chosen) + by : 0;
    const next = spans[Math.max(0, Math.min(at, spans.length - 1))];
    if (next) choose(next);
  };
  useKeys({
    j: () => move(1),
    k: () => move(-1),
    Enter: () => chosen && set({ tab: 'span' }),
    Escape: () => (tab === 'story' ? navigate('/sessions') : set({ tab: '' })),
  });

  if (outline.isPending)
    return (
      <div className="page">
        <Skeleton height={28} />
        <Skeleton height={40} />
        <Skeleton height={420} />
      </div>
    );
  if (outline.data === undefined)
    return (
      <div className="page">
        <h1>Session</h1>
        <Failure error={outline.error} retry={outline.refetch} />
      </div>
    );
  return (
    <LitToken value={light}>
      <div className="page">
        <div className="stack" style={{ gap: 6 }}>
          <h1 className="cut" title={id}>
            {id}
          </h1>
          <Facts spans={spans} isCut={outline.hasNextPage} />
        </div>
        <Glass session={id} content={outline.content} />
        <SessionSummary id={id} open={(span) => set({ tab: 'span', span })} />
        <Tabs tabs={TABS} chosen={tab} choose={(name) => set({ tab: name === 'story' ? '' : name })} />
        <MoreSpans of={outline} />
        {tab === 'story' && (
          <div className="session-split">
            <section className="panel" aria-label="Story">
              <header>
                <h2>Story</h2>
                <span className="small faint">
                  <kbd>j</kbd> <kbd>k</kbd> move, <kbd>Enter</kbd> opens
                </span>
              </header>
              <Story spans={spans} chosen={chosen} choose={choose} onEnd={outline.more} />
            </section>
            <div className="stack" style={{ gap: 16 }}>
              <section className="panel" aria-label="Waterfall">
                <header>
                  <h2>Waterfall</h2>
                  <Legend />
                </header>
                <Waterfall spans={spans} chosen={chosen} choose={choose} onEnd={outline.more} />
              </section>
            </div>
          </div>
        )}
        {tab === 'provenance' && (
          <section className="panel" aria-label="Provenance">
            <header>
              <h2>Which content flowed into which call</h2>
            </header>
            <div className="body">
              {flows.isPending ? (
                <Skeleton height={300} />
              ) : flows.error ? (
                <Failure error={flows.error} retry={flows.refetch} />
              ) : (
                <Suspense fallback={<Skeleton height={300} />}>
                  <ProvenanceGraph flows={flows.data.flows} open={(span) => set({ tab: 'span', span })} />
                </Suspense>
              )}
            </div>
          </section>
        )}
        {tab === 'path' && <DecisionPath spans={spans} choose={(span) => set({ tab: 'span', span: span.span_id })} />}
        {tab === 'logs' && <SessionLogs id={id} open={(span) => set({ tab: 'span', span })} />}
        {tab === 'span' &&
          (chosen ? (
            <SpanDetail traceId={chosen.trace_id} spanId={chosen.span_id} />
          ) : (
            <p className="muted">Choose a span in the story or the waterfall.</p>
          ))}
        {tab === 'story' && chosen && <SpanDetail traceId={chosen.trace_id} spanId={chosen.span_id} />}
      </div>
    </LitToken>
  );
}

function Facts({ spans, isCut }: { spans: readonly OutlineSpan[]; isCut: boolean }) {
  const first = spans[0]!;
  const agents = [...new Set(spans.map(({ agent_id }) => agent_id).filter(Boolean))];
  const end = spans.reduce(
    (latest, span) => Math.max(latest, Date.parse(span.started_at) + Number(span.duration_ns) / 1e6),
    0,
  );
  const sum = (of: (span: OutlineSpan) => number) => spans.reduce((total, span) => total + of(span), 0);
  return (
    <div className="row wrap small muted" style={{ gap: '4px 16px' }}>
      {agents.map((agent) => (
        <Link key={agent} href={`/agents/${encodeURIComponent(agent)}`}>
          {agent}
        </Link>
      ))}
      <When at={first.started_at} as="exact" />
      <span>{duration(end - Date.parse(first.started_at))}</span>
      <span>
        {grouped(spans.length)} spans{isCut && ' so far'}
      </span>
      <span>{grouped(spans.filter(({ kind }) => kind === 'tool').length)} tool calls</span>
      <span>{figure(sum(({ tokens }) => tokens))} tokens</span>
      <span>{dollars(sum(({ cost_usd }) => cost_usd))}</span>
      <span className="row" style={{ gap: 4 }}>
        trace <CopyId id={first.trace_id} />
      </span>
    </div>
  );
}

function Legend() {
  return (
    <span className="row wrap small faint" style={{ gap: '2px 10px' }}>
      {(['llm', 'tool', 'untrusted', 'memory', 'error'] as const).map((name) => (
        <span key={name} className="row" style={{ gap: 4 }}>
          <span className={`dot ${name}`} />
          {name === 'untrusted' ? 'outside' : name}
        </span>
      ))}
    </span>
  );
}

/** Steps drawn at most: the story has the rest. */
const MOST_STEPS = 400;

function DecisionPath({ spans, choose }: { spans: readonly OutlineSpan[]; choose: (span: OutlineSpan) => void }) {
  const steps = spans.filter(({ kind, decision, verdict }) => kind === 'tool' || decision !== '' || verdict !== '');
  return (
    <section className="panel" aria-label="Decision path">
      <header>
        <h2>Decisions and calls in order</h2>
      </header>
      <div className="body">
        {steps.length === 0 && <p className="muted">The model called no tool in this session.</p>}
        <ol className="path">
          {steps.slice(0, MOST_STEPS).map((span, index) => (
            <li key={span.span_id}>
              <button type="button" className="button" onClick={() => choose(span)}>
                <span className={`dot ${colourOf(span)}`} />
                <span className="faint num">{span.step || index + 1}</span>
                {titleOf(span)}
                {span.decision !== '' && <span className="chip">{span.decision}</span>}
                {span.verdict !== '' && <span className="chip high">{span.verdict}</span>}
              </button>
            </li>
          ))}
        </ol>
        {steps.length > MOST_STEPS && (
          <p className="muted">{grouped(steps.length - MOST_STEPS)} more are in the waterfall.</p>
        )}
      </div>
    </section>
  );
}
