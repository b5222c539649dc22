import { useQuery } from '@tanstack/react-query';
import type { ShownSummary } from '../../answers.ts';
import { dollars, grouped } from '../../number.ts';
import { request } from '../../request.ts';

/** What a session was about: nothing while no summary is made. `open` shows a span. */
export function SessionSummary({ id, open }: { id: string; open: (spanId: string) => void }) {
  const { data } = useQuery({
    queryKey: ['session', id, 'summary'],
    queryFn: () => request<{ summary: ShownSummary | null }>('GET', `/sessions/${encodeURIComponent(id)}/summary`),
  });
  const summary = data?.summary;
  if (!summary) return null;
  return (
    <section className="panel" aria-label="Summary">
      <header>
        <h2>{summary.title || 'Summary'}</h2>
        <span className="row wrap" style={{ gap: 6 }}>
          <span className="chip">{summary.outcome}</span>
          <span className="chip">{summary.work_class.replaceAll('_', ' ')}</span>
        </span>
      </header>
      <div className="body stack" style={{ gap: 8 }}>
        {summary.asked !== '' && <p className="muted">{summary.asked}</p>}
        {summary.summary !== '' && <p>{summary.summary}</p>}
        {summary.risks.map(({ kind, claim, evidence }) => (
          <p key={`${kind} ${claim}`} className="row wrap" style={{ gap: 6 }}>
            <span className="chip high">{kind.replaceAll('_', ' ')}</span>
            {claim}
            {evidence.slice(0, 5).map(({ span_id }) => (
              <button key={span_id} type="button" className="button small" onClick={() => open(span_id)}>
                {span_id.slice(0, 8)}
              </button>
            ))}
          </p>
        ))}
        {summary.files.length + summary.systems.length > 0 && (
          <p className="small muted">{[...summary.files, ...summary.systems].join(', ')}</p>
        )}
        <p className="small faint">
          {summary.provider === 'extractive'
            ? 'Put together from the spans, without a model'
            : `Written by ${summary.model}: check it against the spans. ${grouped(summary.input_tokens + summary.output_tokens)} tokens, ${dollars(summary.cost_usd)}`}
        </p>
      </div>
    </section>
  );
}
