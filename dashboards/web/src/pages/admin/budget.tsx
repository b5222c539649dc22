import { useQuery } from '@tanstack/react-query';
import { dollars, figure } from '../../number.ts';
import { Answer } from '../../parts/answer.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { request } from '../../request.ts';
import { ModelSettings } from './model-settings.tsx';

interface Spend {
  tokens: number;
  usd: number;
}

interface Budget {
  provider: string;
  model: string;
  limits: { session: Spend; day: Spend; month: Spend };
  day: { period: string; spent: Spend; reserved: Spend };
  month: { period: string; spent: Spend; reserved: Spend };
  notice: string;
}

/** What the language models that summarise sessions cost, against their limits, and whose they are. */
export default function BudgetTab() {
  const budget = useQuery({
    queryKey: ['budget'],
    queryFn: () => request<Budget>('GET', '/summaries/budget'),
    refetchInterval: 30_000,
  });
  return (
    <Answer of={budget}>
      {({ provider, model, limits, day, month, notice }) => (
        <>
          <p className="muted">
            Sessions are summarised {provider === 'extractive' ? 'from their spans, without a model' : `by ${provider}`}
            {model !== '' && (
              <>
                , <code>{model}</code>
              </>
            )}
            . The limits are settings of the server; one session takes at most {figure(limits.session.tokens)} tokens or{' '}
            {dollars(limits.session.usd)}.
          </p>
          {notice !== '' && (
            <p className="failure" role="status">
              {notice}
            </p>
          )}
          <DataTable
            label="Budget"
            head={['Period', '#Tokens', '#Most tokens', '#Spent', '#Most', '#Under way']}
            items={[
              { words: `Day ${day.period}`, of: day, limit: limits.day },
              { words: `Month ${month.period}`, of: month, limit: limits.month },
            ]}
          >
            {({ words, of, limit }) => (
              <tr key={words}>
                <td>{words}</td>
                <td className="num">{figure(of.spent.tokens)}</td>
                <td className="num faint">{figure(limit.tokens)}</td>
                <td className="num">{dollars(of.spent.usd)}</td>
                <td className="num faint">{dollars(limit.usd)}</td>
                <td className="num">{dollars(of.reserved.usd)}</td>
              </tr>
            )}
          </DataTable>
          <ModelSettings />
        </>
      )}
    </Answer>
  );
}
