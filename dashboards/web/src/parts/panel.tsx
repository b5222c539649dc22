import type { ReactNode } from 'react';

interface Props {
  readonly id: string;
  readonly title: string;
  /** Of the grid's twelve columns; all that there is when left out. */
  readonly span?: 4 | 6 | 8;
  /** Stands beside the title. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page under its title. What is within is of the class `body` to have its padding. */
export function Panel({ id, title, span, aside, children }: Props) {
  return (
    <section className={span === undefined ? 'panel' : `panel span-${span}`} aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
