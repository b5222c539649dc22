import type { RuleRun } from '../../answers.ts';
import { duration, grouped } from '../../number.ts';

/** A strip of the last runs: height is how long, colour whether it went well. */
export function RunStrip({ runs }: { runs: readonly RuleRun[] }) {
  const most = Math.max(...runs.map(({ duration_ms }) => duration_ms), 1);
  const failed = runs.filter(({ error }) => error !== '').length;
  const ordered = runs.toReversed();
  return (
    <div className="stack">
      <svg
        width="100%"
        height="44"
        viewBox={`0 0 ${Math.max(runs.length, 60) * 5} 44`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${runs.length} runs, ${failed} failed`}
      >
        {ordered.map(({ started_at, duration_ms, error, window_from }, index) => {
          const height = Math.max(3, (duration_ms / most) * 42);
          return (
            <rect
              key={`${started_at} ${window_from}`}
              x={index * 5}
              y={44 - height}
              width="4"
              height={height}
              fill={error === '' ? 'var(--c3)' : 'var(--critical)'}
            />
          );
        })}
      </svg>
      <p className="small muted">
        {grouped(runs.length)} last runs, {grouped(failed)} failed, the slowest {duration(most)},{' '}
        {grouped(runs.reduce((sum, { findings }) => sum + findings, 0))} findings.
      </p>
    </div>
  );
}
