import { useMemo, useState } from 'react';
import type { ResultTable } from '../../answers.ts';
import { duration, grouped } from '../../number.ts';
import { Said } from '../../parts/said.tsx';
import { Tabs } from '../../parts/tabs.tsx';
import { VirtualList } from '../../parts/virtual-list.tsx';
import { isNumber } from './parameters.tsx';
import { guessChart, ResultChart } from './result-chart.tsx';

/** What a query gave: rows as a table that is drawn where it is seen, and as a chart. */
export function Result({ result }: { result: ResultTable }) {
  const [tab, setTab] = useState('table');
  const guess = useMemo(() => guessChart(result), [result]);
  const widths = Math.max(result.columns.length * 150, 300);
  return (
    <section className="panel" aria-label="Result">
      <header>
        <h2>
          {grouped(result.rows.length)} {result.rows.length === 1 ? 'row' : 'rows'}
          {result.truncated && ', cut'}
        </h2>
        <span className="small faint">
          {grouped(result.rows_read)} read in {duration(result.elapsed_ms)}
        </span>
      </header>
      {guess && <Tabs tabs={{ table: 'Table', chart: 'Chart' }} chosen={tab} choose={setTab} />}
      {tab === 'chart' && guess ? (
        <ResultChart result={result} guess={guess} />
      ) : result.rows.length === 0 ? (
        <p className="state muted">The query is in order and found no row: widen its WHERE or its period.</p>
      ) : (
        <div className="scroll-x" tabIndex={0} role="region" aria-label="Result table">
          <div style={{ minWidth: widths }}>
            <VirtualList
              label="Result"
              items={result.rows}
              keyOf={(_row, index) => String(index)}
              rowHeight={32}
              height="560px"
              columns={result.columns.map(({ name, type }, index) => ({
                key: `${name} ${index + 1}`,
                title: <span title={type}>{name}</span>,
                width: 'minmax(90px, 1fr)',
                ...(isNumber(type) && { align: 'right' as const }),
                cell: (row: unknown[]) => <Cell value={row[index]} />,
              }))}
            />
          </div>
        </div>
      )}
    </section>
  );
}

function Cell({ value }: { value: unknown }) {
  if (value === null) return <span className="faint">null</span>;
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return (
    <span className="mono" title={text.slice(0, 2_000)}>
      <Said text={text.slice(0, 500)} />
    </span>
  );
}
