import { useLocation, useSearch } from 'wouter';

/** The parameters of the address, and a way to change some of them: '' or undefined takes one away. */
export function useAddress() {
  const [path, navigate] = useLocation();
  const query = new URLSearchParams(useSearch());
  const set = (changes: Readonly<Record<string, string | undefined>>) => {
    const next = new URLSearchParams(location.search);
    for (const [key, value] of Object.entries(changes)) {
      if (value === undefined || value === '') next.delete(key);
      else next.set(key, value);
    }
    navigate(next.size === 0 ? path : `${path}?${next}`, { replace: true });
  };
  return { path, navigate, set, get: (key: string) => query.get(key) ?? '' };
}
