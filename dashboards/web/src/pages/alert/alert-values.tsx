import { useQuery } from '@tanstack/react-query';
import type { AlertDetail } from '../../answers.ts';
import { grouped } from '../../number.ts';
import { Said } from '../../parts/said.tsx';
import { When } from '../../parts/when.tsx';
import { request } from '../../request.ts';

/** Why it fired: the rule's own words and the values. */
export function AlertValues({ alert }: { alert: AlertDetail }) {
  const rule = useQuery({
    queryKey: ['rule', alert.rule_id],
    queryFn: () => request<{ description: string }>('GET', `/rules/${alert.rule_id}`),
  });
  return (
    <div className="stack">
      {rule.data && (
        <p className="muted" style={{ maxWidth: '75ch' }}>
          {rule.data.description}
        </p>
      )}
      <dl className="facts">
        {Object.entries(alert.values).map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt className="mono">{name}</dt>
            <dd className="mono">
              <Said text={listed(value)} />
            </dd>
          </div>
        ))}
        <dt>Matches</dt>
        <dd>
          {grouped(alert.count)} on {grouped(alert.evidence_total)} spans
        </dd>
        <dt>Spans</dt>
        <dd>
          <When at={alert.starts_at} as="exact" /> to <When at={alert.ends_at} as="clock" />
        </dd>
      </dl>
    </div>
  );
}

/** A value as people read it: rules hand over lists as JSON. */
function listed(value: string): string {
  if (!value.startsWith('[')) return value;
  try {
    const items: unknown = JSON.parse(value);
    return Array.isArray(items) ? items.map(String).filter(Boolean).join(', ') || 'none' : value;
  } catch {
    return value;
  }
}
