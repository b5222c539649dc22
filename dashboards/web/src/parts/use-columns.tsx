import { type ReactNode, useState } from 'react';
import type { Column } from './virtual-list.tsx';

type Chosen = Readonly<Record<string, boolean>>;

/** Which columns of a list are shown: by the window's width until the reader chooses, which is remembered. */
export function useColumns<Item>(list: string, columns: readonly Column<Item>[]): [Column<Item>[], ReactNode] {
  const key = `spanwarden.columns.${list}`;
  const [chosen, setChosen] = useState(() => remembered(key));
  const isShown = ({ key: name, from = 0 }: Column<Item>) => chosen[name] ?? innerWidth >= from;
  const turn = (column: Column<Item>) => {
    const next = { ...chosen, [column.key]: !isShown(column) };
    localStorage.setItem(key, JSON.stringify(next));
    setChosen(next);
  };
  const shown = columns.filter(isShown).map((column) => ({ ...column, from: 0 }));
  const chooser = (
    <details className="columns">
      <summary className="button">Columns</summary>
      <fieldset className="panel">
        <legend className="hidden-text">Columns</legend>
        {columns
          .filter(({ name }) => name !== undefined)
          .map((column) => (
            <label key={column.key} className="row small">
              <input type="checkbox" checked={isShown(column)} onChange={() => turn(column)} />
              {column.name}
            </label>
          ))}
      </fieldset>
    </details>
  );
  return [shown, chooser];
}

function remembered(key: string): Chosen {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(key) ?? '{}');
    return typeof stored === 'object' && stored !== null ? (stored as Chosen) : {};
  } catch {
    return {};
  }
}
