const SHAPES: Readonly<Record<string, string>> = {
  critical: 'M6 0 12 6 6 12 0 6Z',
  high: 'M6 1 12 11H0Z',
  medium: 'M1 1h10v10H1Z',
  low: 'M6 1a5 5 0 1 0 0 10A5 5 0 0 0 6 1Z',
};

/** A severity by colour, shape and word. */
export function Severity({ severity, bare = false }: { severity: string; bare?: boolean }) {
  const shape = SHAPES[severity] ?? 'M0 5h12v2H0Z';
  return (
    <span className={`sev ${severity}`}>
      <svg width="10" height="10" viewBox="0 0 12 12" fill="currentColor" aria-hidden="true">
        <path d={shape} />
      </svg>
      <span className={bare ? 'hidden-text' : undefined}>{severity}</span>
    </span>
  );
}
