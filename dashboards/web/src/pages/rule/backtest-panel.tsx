import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { grouped } from '../../number.ts';
import type { Series } from '../../parts/chart.tsx';
import { Failure } from '../../parts/failure.tsx';
import { Claim } from '../../parts/said.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { Problem, requestLines } from '../../request.ts';

const Chart = lazy(() => import('../../parts/chart.tsx'));

interface Example {
  title: string;
  entity: { kind: string; value: string };
  session_id: string;
}

interface Backtest {
  from: string;
  to: string;
  windows: number;
  rows_read: number;
  alerts: number;
  alerts_a_week: number;
  suppressed: number;
  truncated_windows: number;
  days: { day: string; alerts: number; suppressed: number; excepted: number }[];
  top_entities: { kind: string; value: string; alerts: number }[];
  examples: Example[];
  diff: { added: number; removed: number; unchanged: number; alerts_a_week: number; added_examples: Example[] } | null;
}

const DAY_MS = 86_400_000;
const SPANS = { 1: 'last day', 7: 'last 7 days', 30: 'last 30 days', 90: 'last 90 days' } as const;

/** What a rule would have done over stored spans, before it does it. */
export function BacktestPanel({ id, draft }: { id: string; draft?: { format: string; text: string } | undefined }) {
  const [days, setDays] = useState(7);
  const [share, setShare] = useState<number>();
  const [result, setResult] = useState<Backtest>();
  const [error, setError] = useState<unknown>();
  const running = useRef<AbortController>(null);

  const start = async () => {
    const abort = new AbortController();
    running.current = abort;
    setShare(0);
    setError(undefined);
    const to = Date.now();
    const asked = {
      from: new Date(to - days * DAY_MS).toISOString(),
      to: new Date(to).toISOString(),
      progress: true,
      ...(draft && { rule: { format: draft.format, text: draft.text } }),
    };
    try {
      await requestLines(
        `/rules/${encodeURIComponent(id)}/backtest`,
        asked,
        (line) => {
          if (typeof line['progress'] === 'number') setShare(line['progress']);
          if (line['result']) setResult(line['result'] as Backtest);
          if (line['problem']) setError(new Problem(400, line['problem'] as Record<string, unknown>));
        },
        abort.signal,
      );
    } catch (failure) {
      if (!abort.signal.aborted) setError(failure);
    } finally {
      setShare(undefined);
    }
  };

  return (
    <section className="panel" aria-label="Backtest">
      <header>
        <h2>Backtest</h2>
        <span className="row">
          <select
            className="input"
            aria-label="Over the"
            value={days}
            onChange={(event) => setDays(Number(event.target.value))}
          >
            {Object.entries(SPANS).map(([key, words]) => (
              <option key={key} value={key}>
                {words}
              </option>
            ))}
          </select>
          {share === undefined ? (
            <button type="button" className="button" onClick={() => void start()}>
              Backtest
            </button>
          ) : (
            <button type="button" className="button" onClick={() => running.current?.abort()}>
              Stop
            </button>
          )}
        </span>
      </header>
      <div className="body stack">
        {share !== undefined && <progress max={1} value={share} aria-label="Backtest" style={{ width: '100%' }} />}
        {error !== undefined && <Failure error={error} />}
        {result ? (
          <Outcome result={result} />
        ) : (
          <p className="muted">
            Runs {draft ? 'the draft' : 'the rule'} over the spans that are stored, as production would have; it stores
            nothing and alerts nobody.
          </p>
        )}
      </div>
    </section>
  );
}

function Outcome({ result }: { result: Backtest }) {
  const { categories, series } = useMemo(() => chartOf(result), [result]);
  const { diff } = result;
  return (
    <>
      <p>
        <strong>{grouped(result.alerts)}</strong> would alert ({grouped(result.alerts_a_week)} a week),{' '}
        <strong>{grouped(result.suppressed)}</strong> held back, over {grouped(result.windows)} windows with spans and{' '}
        {grouped(result.rows_read)} rows.
        {result.truncated_windows > 0 && ` In ${grouped(result.truncated_windows)} there were more than max_signals.`}
      </p>
      {diff && (
        <p className="muted">
          Against the rule that runs: {grouped(diff.added)} more, {grouped(diff.removed)} fewer,{' '}
          {grouped(diff.unchanged)} the same.
        </p>
      )}
      {result.days.length > 0 && (
        <Suspense fallback={<Skeleton height={240} />}>
          <Chart label="Findings a day" kind="bar" stacked categories={categories} series={series} />
        </Suspense>
      )}
      {result.examples.length > 0 && (
        <ul className="stack" style={{ gap: 4 }} aria-label="Examples">
          {result.examples.map((example) => (
            <li key={`${example.session_id} ${example.title}`}>
              {example.session_id === '' ? (
                <Claim text={example.title} />
              ) : (
                <Link href={`/sessions/${encodeURIComponent(example.session_id)}`}>
                  <Claim text={example.title} />
                </Link>
              )}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const dayWords = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });

/** Every day of the range, those without findings too. */
function chartOf({ from, to, days }: Backtest): { categories: string[]; series: Series[] } {
  const known = new Map(days.map((day) => [day.day, day]));
  const all: string[] = [];
  for (let at = Date.parse(`${from.slice(0, 10)}T00:00:00Z`); at <= Date.parse(to); at += DAY_MS)
    all.push(new Date(at).toISOString().slice(0, 10));
  const row = (name: string, of: 'alerts' | 'suppressed' | 'excepted', colour: string): Series => ({
    name,
    colour,
    values: all.map((day) => known.get(day)?.[of] ?? 0),
  });
  return {
    categories: all.map((day) => dayWords.format(new Date(`${day}T00:00:00Z`))),
    series: [
      row('would alert', 'alerts', 'c7'),
      row('suppressed', 'suppressed', 'c5'),
      row('excepted', 'excepted', 'c8'),
    ],
  };
}
