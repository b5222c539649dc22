import { useRef } from 'react';
import { useAddress } from './use-address.ts';
import { RANGE_WORDS, type RangeName, useTimeRange } from './use-time-range.ts';

/** Text of a datetime-local input, in the reader's zone. */
function localText(time: string): string {
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** Chooses the period of the page: a relative one, or from and to in the reader's zone. */
export function TimeRange() {
  const { set } = useAddress();
  const range = useTimeRange();
  const dialog = useRef<HTMLDialogElement>(null);
  const choose = (name: string) => {
    if (name === 'custom') dialog.current?.showModal();
    else set({ range: name === '24h' ? '' : name, from: '', to: '' });
  };
  return (
    <>
      <select
        className="input"
        aria-label="Time range"
        value={range.name}
        onChange={(event) => choose(event.target.value)}
      >
        {Object.entries(RANGE_WORDS).map(([name, words]) => (
          <option key={name} value={name as RangeName}>
            {words}
          </option>
        ))}
        <option value="custom">
          {range.name === 'custom'
            ? `${localText(range.from).replace('T', ' ')} to ${localText(range.to).replace('T', ' ')}`
            : 'From … to …'}
        </option>
      </select>
      <dialog ref={dialog} className="keys" aria-label="From and to">
        <form
          className="stack"
          method="dialog"
          onSubmit={(event) => {
            const data = new FormData(event.currentTarget);
            const [from, to] = [data.get('from'), data.get('to')].map((text) => new Date(String(text)));
            if (from && to && from < to) set({ range: '', from: from.toISOString(), to: to.toISOString() });
          }}
        >
          <h2>Period, in your time zone</h2>
          <label className="field">
            <span>From</span>
            <input className="input" type="datetime-local" name="from" required defaultValue={localText(range.from)} />
          </label>
          <label className="field">
            <span>To</span>
            <input className="input" type="datetime-local" name="to" required defaultValue={localText(range.to)} />
          </label>
          <div className="row">
            <button className="button primary" type="submit">
              Show
            </button>
            <button className="button" type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
