import { grouped } from '../../number.ts';
import type { AimedAction } from './act-on-alerts.ts';

interface Props {
  readonly ids: readonly string[];
  readonly run: (action: AimedAction) => void;
  readonly clear: () => void;
}

/** What can be done with the alerts that are selected. */
export function BulkBar({ ids, run, clear }: Props) {
  return (
    <div className="bulk" role="toolbar" aria-label="Selected alerts">
      <span>{grouped(ids.length)} selected</span>
      <button type="button" className="button" onClick={() => run({ action: 'acknowledge', ids })}>
        Acknowledge <kbd>a</kbd>
      </button>
      <button type="button" className="button" onClick={() => run({ action: 'close', reason: 'benign', ids })}>
        Close as benign <kbd>e</kbd>
      </button>
      <button type="button" className="button" onClick={() => run({ action: 'close', reason: 'false_positive', ids })}>
        False positive
      </button>
      <button type="button" className="button plain" onClick={clear}>
        Clear
      </button>
    </div>
  );
}
