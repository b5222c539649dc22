import type { Count } from '../../answers.ts';
import { useAddress } from '../../frame/use-address.ts';
import { Facet } from '../../parts/facet.tsx';
import { Severity } from '../../parts/severity.tsx';

export type AlertCounts = Record<'status' | 'severity' | 'rule_id', Count[]>;

const STATUSES = ['open', 'acknowledged', 'closed'];

interface Props {
  readonly status: string;
  readonly order: string;
  readonly counts: AlertCounts | undefined;
}

/** By what the inbox is narrowed and ordered; what is chosen stands in the address. */
export function AlertFacets({ status, order, counts }: Props) {
  const { get, set } = useAddress();
  return (
    <div className="facets">
      <Facet
        title="State"
        chosen={status}
        choose={(key) => set({ status: key || 'any' })}
        choices={[
          ...STATUSES.map((key) => ({ key, count: counts?.status.find((entry) => entry.key === key)?.count ?? 0 })),
          { key: 'any' },
        ]}
      />
      <Facet
        title="Order"
        chosen={order}
        choose={(key) => set({ order: key === 'opened' ? key : '' })}
        choices={[{ key: 'triage' }, { key: 'opened' }]}
      />
      <Facet
        title="Severity"
        chosen={get('severity')}
        choose={(severity) => set({ severity })}
        choices={(counts?.severity ?? []).map((entry) => ({
          ...entry,
          label: <Severity severity={entry.key} />,
        }))}
      />
      <Facet title="Rule" chosen={get('rule')} choose={(rule) => set({ rule })} choices={counts?.rule_id ?? []} />
    </div>
  );
}
