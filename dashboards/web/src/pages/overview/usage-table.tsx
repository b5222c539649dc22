import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { Page } from '../../answers.ts';
import { useAddress } from '../../frame/use-address.ts';
import { useTimeRange } from '../../frame/use-time-range.ts';
import { dollars, figure, grouped } from '../../number.ts';
import { Failure } from '../../parts/failure.tsx';
import { pathOf, request } from '../../request.ts';

interface Usage {
  key: string;
  sessions: number;
  users: number;
  llm_calls: number;
  tool_calls: number;
  errors: number;
  input_tokens: number;
  output_tokens: number;
  cost_usd: number;
}

const GROUPS = {
  agent: 'Agent',
  model: 'Model',
  tool: 'Tool',
  user: 'User',
  framework: 'Framework',
  environment: 'Environment',
} as const;

/** Who uses and spends how much, by what the reader chooses. */
export function UsageTable({ range }: { range: string }) {
  const { get, set } = useAddress();
  const { from, to } = useTimeRange();
  const by = get('by') in GROUPS ? (get('by') as keyof typeof GROUPS) : 'agent';
  const usage = useQuery({
    queryKey: ['usage', by, from, to],
    queryFn: () => request<Page<Usage>>('GET', pathOf('/usage', { group_by: by, from, to })),
    placeholderData: keepPreviousData,
  });
  return (
    <>
      <header>
        <h2 id="where">Use and spend</h2>
        <select
          className="input"
          aria-label="Broken down by"
          value={by}
          onChange={(event) => set({ by: event.target.value === 'agent' ? '' : event.target.value })}
        >
          {Object.entries(GROUPS).map(([key, words]) => (
            <option key={key} value={key}>
              by {words.toLowerCase()}
            </option>
          ))}
        </select>
      </header>
      {usage.error ? (
        <div className="body">
          <Failure error={usage.error} retry={usage.refetch} />
        </div>
      ) : (
        <div className="scroll-x" tabIndex={0} role="region" aria-label="Use and spend">
          <table className="table">
            <thead>
              <tr>
                <th>{GROUPS[by]}</th>
                <th className="num">Sessions</th>
                <th className="num">People</th>
                <th className="num">Model calls</th>
                <th className="num">Tool calls</th>
                <th className="num">Errors</th>
                <th className="num">Tokens</th>
                <th className="num">Cost</th>
              </tr>
            </thead>
            <tbody>
              {(usage.data?.items ?? []).slice(0, 15).map((row) => (
                <tr key={row.key}>
                  <td>
                    {by === 'agent' || by === 'tool' || by === 'user' ? (
                      <Link href={`/sessions?${range}&${by}=${encodeURIComponent(row.key)}`}>
                        {row.key || 'not said'}
                      </Link>
                    ) : (
                      row.key || <span className="faint">not said</span>
                    )}
                  </td>
                  <td className="num">{grouped(row.sessions)}</td>
                  <td className="num">{grouped(row.users)}</td>
                  <td className="num">{grouped(row.llm_calls)}</td>
                  <td className="num">{grouped(row.tool_calls)}</td>
                  <td className="num">{grouped(row.errors)}</td>
                  <td className="num">{figure(row.input_tokens + row.output_tokens)}</td>
                  <td className="num">{dollars(row.cost_usd)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
