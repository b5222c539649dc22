import { useState } from 'react';

/** A button that asks once more in its own place. */
export function Sure({ words, act, disabled = false }: { words: string; act: () => void; disabled?: boolean }) {
  const [asked, setAsked] = useState(false);
  const press = () => {
    if (asked) act();
    setAsked(!asked);
  };
  return (
    <button type="button" className="button danger" disabled={disabled} onClick={press} onBlur={() => setAsked(false)}>
      {asked ? `Really ${words.toLowerCase()}?` : words}
    </button>
  );
}
