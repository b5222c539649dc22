import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Page, ResultTable } from '../answers.ts';
import { useAddress } from '../frame/use-address.ts';
import { duration, grouped } from '../number.ts';
import type { Series } from '../parts/chart.tsx';
import type { Table } from '../parts/code-editor.tsx';
import { Failure } from '../parts/failure.tsx';
import { Said } from '../parts/said.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { Tabs } from '../parts/tabs.tsx';
import { VirtualList } from '../parts/virtual-list.tsx';
import { request, requestFile } from '../request.ts';
import { useHistory } from './use-history.ts';

const SqlEditor = lazy(() => import('../parts/code-editor.tsx'));
const Chart = lazy(() => import('../parts/chart.tsx'));

const FIRST = `SELECT AgentId, ToolName, count() AS calls, uniq(SessionId) AS sessions
FROM otel_traces FINAL
WHERE Kind = 'tool'
GROUP BY AgentId, ToolName
ORDER BY calls DESC
LIMIT 20`;
const PARAMETER = /\{\s*(\w{1,100})\s*:\s*([^{}]{1,100})\}/g;
const FORMATS = ['csv', 'ndjson', 'parquet', 'arrow'] as const;

/** The analyst's console: schema, editor, parameters, result as table or chart, files, history. */
export default function SqlPage() {
  const { get, set } = useAddress();
  const [text, setText] = useState(get('q') || FIRST);
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [result, setResult] = useState<ResultTable>();
  const [error, setError] = useState<unknown>();
  const [running, setRunning] = useState<AbortController>();
  const history = useHistory();
  const schema = useQuery({
    queryKey: ['sql', 'schema'],
    queryFn: () => request<Page<Table>>('GET', '/sql/schema'),
    staleTime: 600_000,
  });
  const names = useMemo(
    () => [...new Map([...text.matchAll(PARAMETER)].map(([, name, type]) => [name!, type!.trim()]))],
    [text],
  );
  const asked = () => ({
    query: text,
    params: Object.fromEntries(names.map(([name, type]) => [name, parameterOf(values[name] ?? '', type)])),
  });

  const run = async () => {
    running?.abort();
    const abort = new AbortController();
    setRunning(abort);
    setError(undefined);
    set({ q: text.length < 4_000 ? text : '' });
    try {
      setResult(await request<ResultTable>('POST', '/sql', asked(), abort.signal));
      history.add(text);
    } catch (failure) {
      if (!abort.signal.aborted) setError(failure);
    } finally {
      setRunning((current) => (current === abort ? undefined : current));
    }
  };
  const download = async (format: (typeof FORMATS)[number]) => {
    setError(undefined);
    await requestFile('/sql', { ...asked(), format }).then((file) => save(file, `query.${format}`), setError);
  };

  return (
    <div className="page">
      <h1>SQL</h1>
      <div className="sql">
        <nav className="panel schema" aria-label="Tables" tabIndex={-1}>
          {schema.isPending ? (
            <Skeleton height={20} rows={7} />
          ) : schema.error ? (
            <Failure error={schema.error} retry={schema.refetch} />
          ) : (
            schema.data.items.map((table, index) => (
              <details key={table.name} open={index === 0 && innerWidth > 860}>
                <summary className="mono">{table.name}</summary>
                {table.columns.map((column) => (
                  <button
                    key={column.name}
                    type="button"
                    title={[column.type, column.comment].filter(Boolean).join('. ')}
                    onClick={() => setText(`${text}${/\s$/.test(text) ? '' : ' '}${column.name}`)}
                  >
                    <span className="mono cut">{column.name}</span>
                    <span className="faint cut">{shortType(column.type)}</span>
                  </button>
                ))}
              </details>
            ))
          )}
        </nav>
        <div className="stack">
          <section className="panel" aria-label="Query">
            <Suspense
              fallback={
                <div className="editor">
                  <Skeleton height={150} />
                </div>
              }
            >
              <SqlEditor text={text} tables={schema.data?.items ?? []} change={setText} run={() => void run()} />
            </Suspense>
            <div className="body row wrap" style={{ padding: '10px 14px' }}>
              {running ? (
                <button type="button" className="button" onClick={() => running.abort()}>
                  Stop waiting
                </button>
              ) : (
                <button type="button" className="button primary" onClick={() => void run()}>
                  Run <kbd>Ctrl Enter</kbd>
                </button>
              )}
              {names.map(([name, type]) => (
                <label key={name} className="row small">
                  <span>
                    {name} <span className="faint">{type}</span>
                  </span>
                  <input
                    className="input mono"
                    style={{ width: 150 }}
                    value={values[name] ?? ''}
                    onChange={(event) => setValues({ ...values, [name]: event.target.value })}
                  />
                </label>
              ))}
              <span className="grow" />
              {history.entries.length > 0 && (
                <select
                  className="input"
                  aria-label="History"
                  value=""
                  onChange={(event) => setText(event.target.value)}
                  style={{ maxWidth: 200 }}
                >
                  <option value="">History</option>
                  {history.entries.map((entry) => (
                    <option key={entry} value={entry}>
                      {entry.replace(/\s+/g, ' ').slice(0, 80)}
                    </option>
                  ))}
                </select>
              )}
              <select
                className="input"
                aria-label="Download"
                value=""
                onChange={(event) => void download(event.target.value as (typeof FORMATS)[number])}
              >
                <option value="">Download</option>
                {FORMATS.map((format) => (
                  <option key={format} value={format}>
                    {format}
                  </option>
                ))}
              </select>
            </div>
          </section>
          {error !== undefined && <Failure error={error} />}
          {running ? (
            <Skeleton height={32} rows={8} />
          ) : result ? (
            <Result result={result} />
          ) : (
            <p className="muted">
              Read-only, within your org, and bounded. Redacted content is there for roles that may read it.{' '}
              <code>FINAL</code> counts a retried span once.
            </p>
          )}
        </div>
      </div>
    </div>
  );
}

function Result({ result }: { result: ResultTable }) {
  const [tab, setTab] = useState('table');
  const chart = useMemo(() => chartOf(result), [result]);
  const widths = Math.max(result.columns.length * 150, 300);
  return (
    <section className="panel" aria-label="Result">
      <header>
        <h2>
          {grouped(result.rows.length)} rows{result.truncated && ', cut'}
        </h2>
        <span className="small faint">
          {grouped(result.rows_read)} read in {duration(result.elapsed_ms)}
        </span>
      </header>
      {chart && <Tabs tabs={{ table: 'Table', chart: 'Chart' }} chosen={tab} choose={setTab} />}
      {tab === 'chart' && chart ? (
        <div className="body">
          <Suspense fallback={<Skeleton height={240} />}>
            <Chart label="Result as chart" kind={chart.kind} categories={chart.categories} series={chart.series} />
          </Suspense>
        </div>
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

function isNumber(type: string): boolean {
  return /^(LowCardinality\()?(Nullable\()?(U?Int|Float|Decimal)/.test(type);
}

/** Most points of a chart: the eye has no use for more. */
const MOST_POINTS = 400;

/** The first guess: the first column that is no figure along the bottom, up to eight figures as series; lines over time. */
function chartOf({
  columns,
  rows,
}: ResultTable): { kind: 'bar' | 'line'; categories: string[]; series: Series[] } | undefined {
  const across = columns.findIndex(({ type }) => !isNumber(type));
  const figures = columns.flatMap(({ type }, index) => (isNumber(type) ? [index] : [])).slice(0, 8);
  if (across < 0 || figures.length === 0 || rows.length < 2) return undefined;
  const shown = rows.slice(0, MOST_POINTS);
  return {
    kind: /Date/.test(columns[across]!.type) ? 'line' : 'bar',
    categories: shown.map((row) => String(row[across]).slice(0, 40)),
    series: figures.map((index) => ({
      name: columns[index]!.name,
      values: shown.map((row) => (row[index] === null ? null : Number(row[index]))),
    })),
  };
}

function shortType(type: string): string {
  return type.replace(/^LowCardinality\((.+)\)$/, '$1');
}

/** What somebody typed for a parameter, as JSON has it for its type. */
function parameterOf(text: string, type: string): unknown {
  if (/^Array/.test(type))
    return text
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  return isNumber(type) && text !== '' && Number.isSafeInteger(Number(text)) ? Number(text) : text;
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
