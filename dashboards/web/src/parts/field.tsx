import type { ReactNode } from 'react';

/** A labelled input with what helps to fill it in. */
export function Field({
  label,
  hint,
  grow = false,
  children,
}: {
  label: string;
  hint?: string | undefined;
  grow?: boolean;
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is what callers put inside
    <label className={grow ? 'field grow' : 'field'}>
      <span>{label}</span>
      {children}
      {hint !== undefined && <span className="hint">{hint}</span>}
    </label>
  );
}
