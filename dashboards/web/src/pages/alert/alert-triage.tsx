import { Link } from 'wouter';
import type { AlertDetail, Verdict } from '../../answers.ts';
import { dollars, grouped } from '../../number.ts';
import { Panel } from '../../parts/panel.tsx';

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  likely_malicious: 'likely malicious',
  suspicious: 'suspicious',
  likely_benign: 'likely benign',
};

const TONES: Readonly<Record<Verdict, string>> = { likely_malicious: 'high', suspicious: '', likely_benign: 'good' };

/** The first look at an alert: nothing while there is none. */
export function AlertTriage({ alert: { triage, session_id } }: { alert: AlertDetail }) {
  if (!triage) return null;
  return (
    <Panel
      id="triage"
      title="First look"
      aside={<span className={`chip ${TONES[triage.verdict]}`}>{VERDICT_WORDS[triage.verdict]}</span>}
    >
      <div className="body stack" style={{ gap: 8 }}>
        {triage.reasoning !== '' && <p>{triage.reasoning}</p>}
        {triage.questions.length > 0 && (
          <>
            <h3>To find out</h3>
            <ul className="stack" style={{ gap: 4 }}>
              {triage.questions.map((question) => (
                <li key={question}>{question}</li>
              ))}
            </ul>
          </>
        )}
        {triage.evidence.length > 0 && (
          <p className="row wrap small" style={{ gap: 6 }}>
            <span className="faint">rests on</span>
            {triage.evidence.slice(0, 10).map(({ span_id }) =>
              session_id === '' ? (
                <span key={span_id} className="chip mono">
                  {span_id.slice(0, 8)}
                </span>
              ) : (
                <Link
                  key={span_id}
                  className="chip mono"
                  href={`/sessions/${encodeURIComponent(session_id)}?span=${encodeURIComponent(span_id)}`}
                >
                  {span_id.slice(0, 8)}
                </Link>
              ),
            )}
          </p>
        )}
        <p className="small faint">
          {triage.provider === 'extractive'
            ? "Put together from the alert's facts, without a model"
            : `Written by ${triage.model}: check it against the spans. ${grouped(triage.input_tokens + triage.output_tokens)} tokens, ${dollars(triage.cost_usd)}`}
          . It orders the inbox and decides nothing.
        </p>
      </div>
    </Panel>
  );
}
