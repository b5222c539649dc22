import type { Overview } from '../../answers.ts';
import { grouped } from '../../number.ts';

/** How much of what agents do is seen, and known by whom it is done. */
export function Coverage({ overview: { coverage, now } }: { overview: Overview }) {
  const { spans, with_agent, with_user, with_session, sessions_with_summary, frameworks } = coverage;
  return (
    <div className="stack">
      <dl className="facts small">
        <Share words="Agent known" part={with_agent} of={spans} />
        <Share words="Person known" part={with_user} of={spans} />
        <Share words="Session known" part={with_session} of={spans} />
        <Share words="Sessions with a summary" part={sessions_with_summary} of={now.sessions} />
      </dl>
      <h3>Senders</h3>
      <dl className="facts small">
        {frameworks.map(({ framework, agents, spans: sent }) => (
          <div key={framework} style={{ display: 'contents' }}>
            <dt>{framework || 'not recognised'}</dt>
            <dd>
              {grouped(agents)} {agents === 1 ? 'agent' : 'agents'}, {grouped(sent)} spans
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Share({ words, part, of }: { words: string; part: number; of: number }) {
  const share = of === 0 ? 0 : Math.floor((part / of) * 100);
  return (
    <>
      <dt>{words}</dt>
      <dd>
        {share} % <span className="faint">of {grouped(of)}</span>
      </dd>
    </>
  );
}
