import { Link } from 'wouter';
import { Sparkline } from '../../parts/sparkline.tsx';
import { QueryLink } from './query-link.tsx';

/** One number with its trend: it opens its list, and the query behind it. */
export function Figure({
  title,
  value,
  note,
  to,
  sql,
  values,
  alarm = false,
}: {
  title: string;
  value: string;
  note: string | undefined;
  to: string;
  sql: string;
  values: readonly number[];
  alarm?: boolean;
}) {
  return (
    <section className="panel figure" aria-label={title}>
      <h3>{title}</h3>
      <QueryLink of={title} sql={sql} className="query" />
      <Link className={alarm ? 'value alarm' : 'value'} href={to}>
        {value}
      </Link>
      <span className="small faint" title={note}>
        {note ?? 'no period before'}
      </span>
      <Sparkline values={values} />
    </section>
  );
}
