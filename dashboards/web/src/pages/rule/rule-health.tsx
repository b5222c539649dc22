import { useQuery } from '@tanstack/react-query';
import type { RuleHealth as Health, Page, RuleRun } from '../../answers.ts';
import { grouped } from '../../number.ts';
import { Answer } from '../../parts/answer.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';
import { RunStrip } from './run-strip.tsx';

/** Whether a rule runs, whether it could fire at all, and how often it is right. */
export function RuleHealth({ id, runs }: { id: string; runs: readonly RuleRun[] }) {
  const health = useQuery({
    queryKey: ['rule-health'],
    queryFn: () => request<Page<Health>>('GET', '/rules/health'),
  });
  return (
    <div className="stack">
      <RunStrip runs={runs} />
      <Answer of={health} height={20}>
        {({ items }) => {
          const own = items.find(({ rule_id }) => rule_id === id);
          return own === undefined ? null : <Facts health={own} />;
        }}
      </Answer>
    </div>
  );
}

function Facts({
  health: { state, error, gaps, required_fields, precision, closed, canary, evaluated_to },
}: {
  health: Health;
}) {
  const judged = closed.true_positive + closed.false_positive + closed.benign;
  return (
    <dl className="facts small">
      <dt>State</dt>
      <dd>
        {state === 'running' ? <span className="chip good">runs</span> : <span className="chip critical">{state}</span>}{' '}
        {error}
      </dd>
      <dt>Seen up to</dt>
      <dd>{evaluated_to === null ? 'nothing yet' : <When at={evaluated_to} />}</dd>
      <dt>Gaps</dt>
      <dd>
        {grouped(gaps.open)} open, {grouped(gaps.filled)} filled in, {grouped(gaps.skipped)} left out
      </dd>
      <dt>Precision</dt>
      <dd>
        {precision === null ? 'no alert closed yet' : `${Math.round(precision * 100)} % of ${grouped(judged)} closed`}
      </dd>
      {canary && (
        <>
          <dt>Canary</dt>
          <dd>
            {canary.state} <When at={canary.sent_at} />
          </dd>
        </>
      )}
      {required_fields.map(({ field, fill_rate }) => (
        <div key={field} style={{ display: 'contents' }}>
          <dt className="mono">{field}</dt>
          <dd>
            {fill_rate === null ? (
              <span className="faint">no spans of late</span>
            ) : fill_rate === 0 ? (
              <span className="sev high">never filled: it can’t fire</span>
            ) : (
              `on ${fill_rate < 0.01 ? 'under 1' : Math.round(fill_rate * 100)} % of spans`
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
