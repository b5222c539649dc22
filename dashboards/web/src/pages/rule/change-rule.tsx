import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Rule } from '../../answers.ts';
import { Failure } from '../../parts/failure.tsx';
import { Sure } from '../../parts/sure.tsx';
import { request } from '../../request.ts';
import type { RuleSource } from './rule-source.ts';

/** What may be done with a rule: edit it, switch it on or off, take the org's changes back. */
export function ChangeRule({ rule, source }: { rule: Rule; source: RuleSource | undefined }) {
  const client = useQueryClient();
  const path = `/rules/${encodeURIComponent(rule.id)}`;
  const change = useMutation({
    mutationFn: ({ method, to, body }: { method: string; to: string; body?: unknown }) => request(method, to, body),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ['rule', rule.id] });
      await client.invalidateQueries({ queryKey: ['rules'] });
    },
  });
  return (
    <div className="stack" style={{ gap: 8 }}>
      <div className="row wrap">
        {source?.editable && (
          <Link className="button" href={`/rules/${rule.id}/edit`}>
            Edit
          </Link>
        )}
        {rule.enabled ? (
          <Sure
            words="Disable"
            disabled={change.isPending}
            act={() => change.mutate({ method: 'POST', to: `${path}/disable`, body: {} })}
          />
        ) : (
          <button
            type="button"
            className="button primary"
            disabled={change.isPending}
            onClick={() => change.mutate({ method: 'POST', to: `${path}/enable`, body: {} })}
          >
            Enable
          </button>
        )}
        {rule.changed && (
          <Sure
            words={source?.origin === 'org' ? 'Remove the rule' : 'Take our changes back'}
            disabled={change.isPending}
            act={() => change.mutate({ method: 'DELETE', to: path })}
          />
        )}
      </div>
      {change.error && <Failure error={change.error} />}
    </div>
  );
}
