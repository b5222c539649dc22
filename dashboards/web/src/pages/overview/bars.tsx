import { Claim } from '../../parts/said.tsx';

interface Row {
  readonly name: string;
  readonly value: number;
  readonly note: string;
}

/** Shares as bars, the longest of them whole. */
export function Bars({ rows, empty }: { rows: readonly Row[]; empty: string }) {
  const most = Math.max(...rows.map(({ value }) => value), 1);
  if (rows.length === 0)
    return (
      <p className="muted">
        <Claim text={empty} />
      </p>
    );
  return (
    <div className="bar-list">
      {rows.map(({ name, value, note }) => (
        <div key={name}>
          <div className="row spread small">
            <span className="cut">
              <bdi>{name}</bdi>
            </span>
            <span className="muted">{note}</span>
          </div>
          <div className="bar" style={{ width: `${(value / most) * 100}%` }} />
        </div>
      ))}
    </div>
  );
}
