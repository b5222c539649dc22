import { Link } from 'wouter';
import { pathOf } from '../../request.ts';

/** Leads to the query that figures can be had by. */
export function QueryLink({ of, sql, className = 'small' }: { of: string; sql: string; className?: string }) {
  return (
    <Link className={className} href={pathOf('/sql', { q: sql })} aria-label={`Query behind ${of}`}>
      query
    </Link>
  );
}
