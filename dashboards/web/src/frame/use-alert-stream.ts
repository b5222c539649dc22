import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

const EVENTS = ['opened', 'matched', 'acknowledged', 'assigned', 'commented', 'closed', 'reopened', 'resync'] as const;
/** A burst of events asks once. */
const GATHER_MS = 300;

/** Follows the server's alert events and has what shows alerts asked for anew. Answers whether the line stands. */
export function useAlertStream(enabled: boolean): boolean {
  const client = useQueryClient();
  const [live, setLive] = useState(false);
  useEffect(() => {
    if (!enabled) return;
    const source = new EventSource('/api/v1/alerts/stream');
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ['alerts'] });
      }, GATHER_MS);
    };
    source.onopen = () => setLive(true);
    source.onerror = () => setLive(false);
    for (const name of EVENTS) source.addEventListener(name, refresh);
    return () => {
      clearTimeout(timer);
      source.close();
    };
  }, [client, enabled]);
  return live;
}
