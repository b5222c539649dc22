import { lazy, Suspense, useMemo, useState } from 'react';
import type { ResultTable } from '../../answers.ts';
import type { Series } from '../../parts/chart.tsx';
import { Skeleton } from '../../parts/skeleton.tsx';
import { isNumber } from './parameters.tsx';

const Chart = lazy(() => import('../../parts/chart.tsx'));

/** Most points of a chart: the eye has no use for more. */
const MOST_POINTS = 400;
const MOST_SERIES = 8;

interface Choice {
  readonly kind: 'bar' | 'line';
  readonly stacked: boolean;
  /** Index of the column along the bottom. */
  readonly across: number;
  /** Indexes of the columns that are drawn. */
  readonly figures: readonly number[];
}

/** The first guess: the first column that is no figure along the bottom, the figures as series, lines over time. */
export function guessChart({ columns, rows }: ResultTable): Choice | undefined {
  const across = columns.findIndex(({ type }) => !isNumber(type));
  const figures = columns.flatMap(({ type }, index) => (isNumber(type) ? [index] : [])).slice(0, MOST_SERIES);
  if (across < 0 || figures.length === 0 || rows.length < 2) return undefined;
  return { kind: /Date/.test(columns[across]!.type) ? 'line' : 'bar', stacked: false, across, figures };
}

/** A result drawn as its reader chooses. */
export function ResultChart({ result, guess }: { result: ResultTable; guess: Choice }) {
  const [choice, setChoice] = useState(guess);
  const { columns, rows } = result;
  const { kind, stacked, across, figures } = choice;
  const categories = useMemo(
    () => rows.slice(0, MOST_POINTS).map((row) => String(row[across]).slice(0, 40)),
    [rows, across],
  );
  const series = useMemo(
    (): Series[] =>
      figures.map((index) => ({
        name: columns[index]!.name,
        values: rows.slice(0, MOST_POINTS).map((row) => (row[index] === null ? null : Number(row[index]))),
      })),
    [rows, columns, figures],
  );
  const turn = (index: number) =>
    setChoice({
      ...choice,
      figures: figures.includes(index)
        ? figures.filter((one) => one !== index)
        : [...figures, index].sort((a, b) => a - b).slice(0, MOST_SERIES),
    });
  return (
    <div className="body stack">
      <div className="row wrap small">
        <label className="row">
          Draw
          <select
            className="input"
            value={stacked ? 'stacked' : kind}
            onChange={({ target }) =>
              setChoice({
                ...choice,
                kind: target.value === 'line' ? 'line' : 'bar',
                stacked: target.value === 'stacked',
              })
            }
          >
            <option value="bar">columns</option>
            <option value="stacked">stacked columns</option>
            <option value="line">lines</option>
          </select>
        </label>
        <label className="row">
          along
          <select
            className="input"
            value={across}
            onChange={({ target }) => setChoice({ ...choice, across: Number(target.value) })}
          >
            {columns.map(({ name }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns may share a name; their order never changes
              <option key={`${name} ${index + 1}`} value={index}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <span className="row wrap" role="group" aria-label="Drawn columns">
          {columns.map(({ name, type }, index) =>
            isNumber(type) ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns may share a name; their order never changes
              <label key={`${name} ${index + 1}`} className="row">
                <input type="checkbox" checked={figures.includes(index)} onChange={() => turn(index)} />
                {name}
              </label>
            ) : null,
          )}
        </span>
        {rows.length > MOST_POINTS && <span className="faint">the first {MOST_POINTS} rows</span>}
      </div>
      <Suspense fallback={<Skeleton height={240} />}>
        <Chart label="Result as chart" kind={kind} stacked={stacked} categories={categories} series={series} />
      </Suspense>
    </div>
  );
}
