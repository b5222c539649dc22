import { Field } from '../../parts/field.tsx';

export interface Hours {
  days: string[];
  from: string;
  to: string;
  timezone: string;
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Inputs for hours that come back every week. */
export function HoursFields({ hours }: { hours?: Hours | undefined }) {
  return (
    <fieldset className="matcher">
      <legend>Only within these hours (left empty: always)</legend>
      <div className="row wrap">
        {DAYS.map((day) => (
          <label key={day} className="row small">
            <input
              type="checkbox"
              name="day"
              value={day}
              defaultChecked={hours === undefined || hours.days.includes(day)}
            />
            {day}
          </label>
        ))}
      </div>
      <div className="form-grid">
        <Field label="From">
          <input className="input" type="time" name="hours_from" defaultValue={hours?.from} />
        </Field>
        <Field label="To" hint="At or before the start: on the next day">
          <input className="input" type="time" name="hours_to" defaultValue={hours?.to} />
        </Field>
        <Field label="Time zone">
          <input
            className="input"
            name="timezone"
            defaultValue={hours?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone}
          />
        </Field>
      </div>
    </fieldset>
  );
}

/** Undefined while a time is left empty. */
export function hoursOf(form: FormData): Hours | undefined {
  const [from, to] = [String(form.get('hours_from') ?? ''), String(form.get('hours_to') ?? '')];
  if (from === '' || to === '') return undefined;
  return { days: form.getAll('day').map(String), from, to, timezone: String(form.get('timezone') || 'UTC') };
}

export function hoursWords(hours: Hours | undefined): string {
  if (hours === undefined) return '';
  const days = hours.days.length === 7 ? 'daily' : hours.days.join(' ');
  return `${days} ${hours.from}–${hours.to} ${hours.timezone}`;
}
