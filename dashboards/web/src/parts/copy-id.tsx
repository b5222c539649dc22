import { useState } from 'react';

/** An id, shortened in the middle; a click copies the whole. */
export function CopyId({ id, most = 18 }: { id: string; most?: number }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(id);
    setCopied(true);
    setTimeout(() => setCopied(false), 1_500);
  };
  const half = Math.floor((most - 1) / 2);
  const short = id.length <= most ? id : `${id.slice(0, half)}…${id.slice(-half)}`;
  return (
    <button type="button" className="copy cut" title={`Copy ${id}`} onClick={copy}>
      {copied ? 'copied' : short}
    </button>
  );
}
