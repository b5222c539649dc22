import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Page, ResultTable } from '../../answers.ts';
import { useAddress } from '../../frame/use-address.ts';
import type { Mark, Table } from '../../parts/code-editor.tsx';
import { download } from '../../parts/download.ts';
import { Failure } from '../../parts/failure.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { request, requestFile } from '../../request.ts';
import { Parameters, parametersOf, typedValues, type Values } from './parameters.tsx';
import { placeOfError } from './place-of-error.ts';
import { Result } from './result.tsx';
import { SavedQueries } from './saved-queries.tsx';
import { SchemaTree } from './schema-tree.tsx';
import { useHistory } from './use-history.ts';

const CodeEditor = lazy(() => import('../../parts/code-editor.tsx'));

const FIRST = `SELECT AgentId, ToolName, count() AS calls, uniq(SessionId) AS sessions
FROM otel_traces FINAL
WHERE Kind = 'tool'
GROUP BY AgentId, ToolName
ORDER BY calls DESC
LIMIT 20`;
const FORMATS = ['csv', 'ndjson', 'parquet', 'arrow'] as const;
type Format = (typeof FORMATS)[number];

const NO_MARKS: readonly Mark[] = [];

/** The analyst's console: schema, editor, parameters, saved queries, result as table or chart, files, history. */
export default function SqlPage() {
  const { get, set } = useAddress();
  const [text, setText] = useState(get('q') || FIRST);
  const [values, setValues] = useState<Values>({});
  const [result, setResult] = useState<ResultTable>();
  const [failed, setFailed] = useState<{ error: unknown; query: string }>();
  const [running, setRunning] = useState<AbortController>();
  const history = useHistory();
  const schema = useQuery({
    queryKey: ['sql', 'schema'],
    queryFn: () => request<Page<Table>>('GET', '/sql/schema'),
    staleTime: 600_000,
  });
  const parameters = useMemo(() => parametersOf(text), [text]);
  const marks = useMemo(() => (failed ? placeOfError(failed.error, failed.query) : NO_MARKS), [failed]);
  const asked = () => ({ query: text, params: typedValues(parameters, values) });

  const run = async () => {
    running?.abort();
    const abort = new AbortController();
    setRunning(abort);
    setFailed(undefined);
    set({ q: text.length < 4_000 ? text : '' });
    try {
      setResult(await request<ResultTable>('POST', '/sql', asked(), abort.signal));
      history.add(text);
    } catch (error) {
      if (!abort.signal.aborted) setFailed({ error, query: text });
    } finally {
      setRunning((current) => (current === abort ? undefined : current));
    }
  };
  const save = async (format: Format) => {
    setFailed(undefined);
    await requestFile('/sql', { ...asked(), format }).then(
      (file) => download(file, `query.${format}`),
      (error: unknown) => setFailed({ error, query: text }),
    );
  };

  return (
    <div className="page">
      <h1>SQL</h1>
      <div className="sql">
        <SchemaTree schema={schema} write={(name) => setText(`${text}${/\s$/.test(text) ? '' : ' '}${name}`)} />
        <div className="stack">
          <section className="panel" aria-label="Query">
            <Suspense
              fallback={
                <div className="editor">
                  <Skeleton height={150} />
                </div>
              }
            >
              <CodeEditor
                text={text}
                tables={schema.data?.items ?? []}
                change={setText}
                run={() => void run()}
                marks={marks}
              />
            </Suspense>
            <div className="body stack" style={{ padding: '10px 14px', gap: 10 }}>
              <Parameters parameters={parameters} values={values} change={setValues} />
              <div className="row wrap">
                {running ? (
                  <button type="button" className="button" onClick={() => running.abort()}>
                    Stop the query
                  </button>
                ) : (
                  <button type="button" className="button primary" onClick={() => void run()}>
                    Run <kbd>Ctrl Enter</kbd>
                  </button>
                )}
                <span className="grow" />
                {history.entries.length > 0 && (
                  <select
                    className="input"
                    aria-label="History"
                    value=""
                    onChange={(event) => setText(event.target.value)}
                    style={{ maxWidth: 180 }}
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
                  onChange={(event) => void save(event.target.value as Format)}
                >
                  <option value="">Download</option>
                  {FORMATS.map((format) => (
                    <option key={format} value={format}>
                      {format}
                    </option>
                  ))}
                </select>
              </div>
              <SavedQueries
                query={text}
                values={values}
                open={(saved) => {
                  setText(saved.query);
                  setValues(Object.fromEntries(saved.params.map(({ name, value }) => [name, String(value)])));
                  setFailed(undefined);
                }}
              />
            </div>
          </section>
          {failed && <Failure error={failed.error} retry={() => run()} />}
          {running ? (
            <Skeleton height={32} rows={8} />
          ) : result ? (
            <Result key={result.columns.map(({ name }) => name).join()} result={result} />
          ) : (
            <p className="muted">
              Read-only, within your org, and bounded. Redacted content is there for roles that may read it.{' '}
              <code>FINAL</code> counts a retried span once; <code>{'{name: Type}'}</code> makes an input.
            </p>
          )}
        </div>
      </div>
    </div>
  );
}
