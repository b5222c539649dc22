import type { ReactNode } from 'react';
import { grouped } from '../number.ts';

export interface FacetChoice {
  readonly key: string;
  readonly count?: number;
  readonly label?: ReactNode;
}

/** One group of filters with counts: a choice narrows the list, the same choice again widens it. */
export function Facet({
  title,
  choices,
  chosen,
  choose,
}: {
  title: string;
  choices: readonly FacetChoice[];
  chosen: string;
  choose: (key: string) => void;
}) {
  if (choices.length === 0) return null;
  return (
    <div role="group" aria-label={title}>
      <h3>{title}</h3>
      {choices.map(({ key, count, label }) => (
        <button
          key={key}
          type="button"
          className="facet"
          aria-pressed={chosen === key}
          onClick={() => choose(chosen === key ? '' : key)}
          title={key}
        >
          <span className="cut">{label ?? key}</span>
          {count !== undefined && <span className="n">{grouped(count)}</span>}
        </button>
      ))}
    </div>
  );
}
