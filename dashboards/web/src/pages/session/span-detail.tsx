import { useQuery } from '@tanstack/react-query';
import type { ShownSpan } from '../../answers.ts';
import { dollars, duration, figure, grouped } from '../../number.ts';
import { CopyId } from '../../parts/copy-id.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Said } from '../../parts/said.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';

const TEXTS = { prompt: 'Prompt', completion: 'Answer', tool_arguments: 'Arguments', tool_result: 'Result' } as const;

/** One span whole: what was said, what we know about it, its raw attributes. */
export function SpanDetail({ traceId, spanId }: { traceId: string; spanId: string }) {
  const found = useQuery({
    queryKey: ['span', traceId, spanId],
    queryFn: () => request<ShownSpan>('GET', `/traces/${traceId}/spans/${spanId}`),
  });
  if (found.isPending) return <Skeleton height={320} />;
  if (found.error) return <Failure error={found.error} retry={found.refetch} />;
  const span = found.data;
  return (
    <div className="grid" data-span={spanId}>
      <section className="panel span-4" aria-label="About the span">
        <header>
          <h2 className="cut" title={span.name}>
            {span.name}
          </h2>
        </header>
        <div className="body">
          <dl className="facts small">
            {factsOf(span).map(([name, value]) => (
              <div key={name} style={{ display: 'contents' }}>
                <dt>{name}</dt>
                <dd>
                  <Said text={value} />
                </dd>
              </div>
            ))}
            <dt>started</dt>
            <dd>
              <When at={span.started_at} as="exact" />
            </dd>
            <dt>span</dt>
            <dd>
              <CopyId id={span.span_id} />
            </dd>
            <dt>trace</dt>
            <dd>
              <CopyId id={span.trace_id} />
            </dd>
          </dl>
        </div>
      </section>
      <section className="panel span-8" aria-label="What was said">
        <header>
          <h2>What was said</h2>
        </header>
        <div className="body stack">
          {(Object.keys(TEXTS) as (keyof typeof TEXTS)[])
            .filter((name) => span[name].length > 0)
            .map((name) => (
              <div key={name} className="stack" style={{ gap: 4 }}>
                <h3>
                  {TEXTS[name]} <span className="faint">{grouped(span[name].length)} characters</span>
                </h3>
                {span[name].text === null ? (
                  <p className="muted">Your role may know that this was said, not what.</p>
                ) : (
                  <pre className="code wrapped" tabIndex={0}>
                    <Said text={span[name].text} />
                  </pre>
                )}
              </div>
            ))}
          {Object.keys(TEXTS).every((name) => span[name as keyof typeof TEXTS].length === 0) && (
            <p className="muted">Nothing: this span has no text.</p>
          )}
        </div>
      </section>
      <section className="panel span-6" aria-label="Raw attributes">
        <header>
          <h2>Raw attributes</h2>
          <span className="small faint">{grouped(Object.keys(span.attributes).length)}</span>
        </header>
        <Attributes of={span.attributes} />
      </section>
      <section className="panel span-6" aria-label="Resource and events">
        <header>
          <h2>Resource, events, redactions</h2>
        </header>
        <Attributes
          of={{
            ...span.resource,
            ...Object.fromEntries(span.events.map(({ name, at }, index) => [`event ${index + 1}: ${name}`, at])),
          }}
        />
        {span.redactions.length > 0 && (
          <div className="scroll-x">
            <table className="table small">
              <thead>
                <tr>
                  <th>Redacted</th>
                  <th>Where</th>
                </tr>
              </thead>
              <tbody>
                {span.redactions.map(({ kind, path, fingerprint }) => (
                  <tr key={`${path} ${fingerprint}`}>
                    <td className="mono">{kind}</td>
                    <td className="mono" style={{ overflowWrap: 'anywhere' }}>
                      {path}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </div>
  );
}

function Attributes({ of }: { of: Readonly<Record<string, string>> }) {
  const names = Object.keys(of).sort();
  if (names.length === 0) return <p className="body muted">None.</p>;
  return (
    <div
      className="body"
      style={{ maxHeight: 420, overflow: 'auto' }}
      tabIndex={0}
      role="region"
      aria-label="Attributes"
    >
      <dl className="stack mono" style={{ gap: 6 }}>
        {names.map((name) => (
          <div key={name}>
            <dt className="faint" style={{ overflowWrap: 'anywhere' }}>
              {name}
            </dt>
            <dd style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
              <Said text={of[name]!} />
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function factsOf(span: ShownSpan): [string, string][] {
  const { agent, tool, tokens } = span;
  const facts: [string, string][] = [
    ['kind', span.kind],
    ['status', span.status],
    ['length', duration(Number(span.duration_ns) / 1e6)],
    ['agent', [agent.id, agent.version].filter(Boolean).join(' ')],
    ['framework', agent.framework],
    ['called by', agent.caller_id],
    ['user', span.user_id],
    ['model', span.model],
    ['tool', tool.name],
    ['category', [tool.category, tool.direction].filter(Boolean).join(', ')],
    ['MCP server', tool.mcp_server],
    ['decision', span.decision],
    ['step', span.step > 0 ? String(span.step) : ''],
    ['input from', span.input_source],
    ['memory', span.memory_operation],
    ['written from', span.write_provenance],
    ['system prompt', span.prompt_hash],
    [
      'tokens',
      tokens.input + tokens.output > 0
        ? `${figure(tokens.input)} in, ${figure(tokens.output)} out, ${figure(tokens.cache_read)} from cache`
        : '',
    ],
    ['cost', span.cost_usd > 0 ? dollars(span.cost_usd) : ''],
  ];
  return facts.filter(([, value]) => value !== '');
}
