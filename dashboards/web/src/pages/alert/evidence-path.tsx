import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Alert, Flow, OutlineSpan } from '../../answers.ts';
import { Failure } from '../../parts/failure.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Said, Token } from '../../parts/said.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';
import { colourOf, titleOf } from '../session/provenance-of.ts';
import { useOutline } from '../session/use-outline.ts';

interface Step {
  readonly key: string;
  readonly colour: string;
  readonly label: string;
  readonly title: string;
  readonly said: string;
  readonly note: string;
  readonly at: string;
  readonly span: OutlineSpan;
}

/** Steps that are drawn; the session has the rest. */
const MOST_STEPS = 6;

/** The evidence as a chain: what the user asked, what was read, what the model decided, what was done. */
export function EvidencePath({ alert }: { alert: Alert }) {
  const path = `/sessions/${encodeURIComponent(alert.session_id)}`;
  const enabled = alert.session_id !== '';
  const outline = useOutline(alert.session_id, alert.evidence.at(-1)?.span_id ?? '');
  const flows = useQuery({
    queryKey: ['session', alert.session_id, 'provenance'],
    queryFn: () => request<{ flows: Flow[] }>('GET', `${path}/provenance`),
    enabled,
  });
  const steps = outline.data ? stepsOf(alert, outline.spans) : [];
  const names = new Set(steps.map(({ span }) => span.tool));
  const tainted = (flows.data?.flows ?? []).filter(
    ({ from, to, only_untrusted }) => only_untrusted > 0 && names.has(from) && names.has(to),
  );
  return (
    <Panel
      id="evidence"
      title="Evidence"
      aside={
        enabled && (
          <Link href={path} className="small">
            Open the session
          </Link>
        )
      }
    >
      <div className="body stack">
        {outline.isPending && enabled ? (
          <Skeleton height={128} />
        ) : outline.error ? (
          <Failure error={outline.error} retry={outline.refetch} />
        ) : (
          <ol className="chain" tabIndex={0} aria-label="Evidence path">
            {steps.map((step) => (
              <li key={step.key}>
                <Link href={`${path}?span=${step.span.span_id}`} className={`step ${step.colour}`}>
                  <span className="row spread small">
                    <span className="faint">{step.label}</span>
                    <When at={step.at} as="clock" />
                  </span>
                  <span className="cut mono">{step.title}</span>
                  {step.said !== '' && (
                    <span className="said">
                      <Said text={step.said} />
                    </span>
                  )}
                  {step.note !== '' && (
                    <span className="small">
                      <Said text={step.note} />
                    </span>
                  )}
                </Link>
              </li>
            ))}
          </ol>
        )}
        {tainted.map((flow) => (
          <p key={`${flow.from} ${flow.to}`} className="small">
            <strong>{flow.only_untrusted}</strong> telling {flow.only_untrusted === 1 ? 'word' : 'words'} went from{' '}
            <code>{flow.from}</code> to <code>{flow.to}</code> that the user never wrote
            {flow.tokens.length > 0 && ', with '}
            {flow.tokens.map((token) => (
              <Token key={token} token={token} />
            ))}
          </p>
        ))}
      </div>
    </Panel>
  );
}

function stepsOf(alert: Alert, spans: readonly OutlineSpan[]): Step[] {
  const notes = new Map(alert.evidence.map(({ span_id, note }) => [span_id, note.replace(/^\d+ /, '')]));
  const evidence = spans.filter(({ span_id }) => notes.has(span_id));
  const asked = spans.find(({ prompt, kind }) => (prompt ?? '') !== '' && (kind === 'agent' || kind === 'llm'));
  const last = evidence.at(-1);
  const decided =
    last &&
    spans.findLast(
      ({ kind, started_at, completion }) =>
        kind === 'llm' && (completion ?? '') !== '' && started_at <= last.started_at,
    );
  const shown = new Set([
    ...(asked ? [asked] : []),
    ...evidence.slice(0, MOST_STEPS - 2),
    ...(decided ? [decided] : []),
  ]);
  return spans
    .filter((span) => shown.has(span))
    .map((span): Step => {
      const base = { key: span.span_id, at: span.started_at, span, note: notes.get(span.span_id) ?? '' };
      if (span === asked && !notes.has(span.span_id))
        return {
          ...base,
          colour: 'user',
          label: 'User asked',
          title: span.agent_id || span.name,
          said: span.prompt ?? '',
        };
      if (span === decided && !notes.has(span.span_id))
        return {
          ...base,
          colour: 'agent',
          label: 'Model decided',
          title: span.model || span.name,
          said: span.completion ?? '',
        };
      const isLast = span === last && evidence.length > 1;
      const reads = !isLast && (span.tool_result ?? '') !== '';
      return {
        ...base,
        colour: isLast ? 'sink' : colourOf(span),
        label: reads ? 'Read' : span.tool === '' ? 'Ran' : 'Called',
        title: titleOf(span),
        said: (reads ? span.tool_result : span.tool_arguments) || span.completion || '',
      };
    });
}
