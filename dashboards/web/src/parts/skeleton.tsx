/** Holds the place of what is being loaded, in its size, so that nothing jumps. */
export function Skeleton({ height, rows = 1 }: { height: number; rows?: number }) {
  return (
    <div className="stack" style={{ gap: 8 }} aria-busy="true" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => `row ${row + 1}`).map((row) => (
        <div key={row} className="skeleton" style={{ height }} />
      ))}
    </div>
  );
}
