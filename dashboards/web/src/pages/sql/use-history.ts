import { useState } from 'react';

const KEY = 'spanwarden.sql';
const MOST = 50;

/** The queries that ran in this browser, the latest first. */
export function useHistory(): { entries: readonly string[]; add: (query: string) => void } {
  const [entries, setEntries] = useState(read);
  const add = (query: string) => {
    const next = [query, ...entries.filter((entry) => entry !== query)].slice(0, MOST);
    localStorage.setItem(KEY, JSON.stringify(next));
    setEntries(next);
  };
  return { entries, add };
}

function read(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((entry) => typeof entry === 'string') : [];
  } catch {
    return [];
  }
}
