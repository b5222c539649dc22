import { useEffect, useRef } from 'react';

/** Keys of the page, by name (`mod+k` for Ctrl or Command). None of them while something is typed or a dialog is open. */
export function useKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const name = `${event.ctrlKey || event.metaKey ? 'mod+' : ''}${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
      const action = latest.current[name];
      if (!action || event.altKey || event.defaultPrevented) return;
      const typing =
        event.target instanceof Element &&
        event.target.closest('input, textarea, select, [contenteditable], .editor') !== null;
      if ((typing && !name.startsWith('mod+')) || document.querySelector('dialog[open]') !== null) return;
      const ownsEnter =
        name === 'Enter' && event.target instanceof Element && event.target.closest('a, button') !== null;
      if (ownsEnter) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, []);
}
