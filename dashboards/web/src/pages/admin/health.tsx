import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Page, RuleHealth } from '../../answers.ts';
import { grouped } from '../../number.ts';
import { Answer } from '../../parts/answer.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';

/** Whether the product itself works: canaries, rules that fail, fields that never come. */
export default function Health() {
  const health = useQuery({
    queryKey: ['rule-health'],
    queryFn: () => request<Page<RuleHealth>>('GET', '/rules/health'),
    refetchInterval: 15_000,
  });
  return (
    <Answer of={health}>
      {({ items }) => (
        <>
          <Canaries items={items.filter(({ canary }) => canary !== null)} />
          <DataTable
            label="Rules in trouble"
            head={['Rule', 'State', 'What is wrong', 'Seen up to']}
            items={items.filter(isInTrouble)}
            empty="Every rule runs and could fire."
          >
            {(rule) => (
              <tr key={rule.rule_id}>
                <td>
                  <Link href={`/rules/${rule.rule_id}`}>{rule.rule_id}</Link>
                </td>
                <td>
                  <span className={rule.state === 'running' ? 'chip' : 'chip critical'}>{rule.state}</span>
                </td>
                <td>{[rule.error, gapsOf(rule), emptyOf(rule)].filter(Boolean).join('; ')}</td>
                <td>{rule.evaluated_to === null ? 'nothing' : <When at={rule.evaluated_to} />}</td>
              </tr>
            )}
          </DataTable>
        </>
      )}
    </Answer>
  );
}

function Canaries({ items }: { items: readonly RuleHealth[] }) {
  if (items.length === 0)
    return (
      <p className="muted">
        No canary was sent yet. With <code>canary_minutes</code> set, a made-up credential goes the whole way on a
        schedule, and you hear when it sets off nothing.
      </p>
    );
  return (
    <div className="row wrap">
      {items.map(({ rule_id, canary }) => (
        <p key={rule_id} className={canary!.state === 'fired' ? 'chip good' : 'chip critical'}>
          The last canary of {rule_id} {canary!.state === 'fired' ? 'was found' : `was ${canary!.state}`}{' '}
          <When at={canary!.sent_at} />
        </p>
      ))}
    </div>
  );
}

function isInTrouble(rule: RuleHealth): boolean {
  return rule.state !== 'running' || rule.gaps.open > 0 || emptyOf(rule) !== '';
}

function gapsOf({ gaps }: RuleHealth): string {
  return gaps.open === 0 ? '' : `${grouped(gaps.open)} stretches not evaluated yet`;
}

/** Fields without which the rule can't fire and that no span of the last day has. */
function emptyOf({ required_fields }: RuleHealth): string {
  const never = required_fields.filter(({ fill_rate }) => fill_rate === 0).map(({ field }) => field);
  return never.length === 0 ? '' : `no span of the last day has ${never.join(', ')}`;
}
