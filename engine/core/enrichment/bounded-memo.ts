/**
 * A memory for the answers of a pure function: looks a key up and computes what it does not know. A memory that holds `limit`
 * answers is emptied, so hostile keys cost time but never memory.
 */
export function boundedMemo<T extends {}>(limit: number): (key: string, compute: () => T) => T {
  const known = new Map<string, T>();
  return (key, compute) => {
    let answer = known.get(key);
    if (answer === undefined) {
      answer = compute();
      if (known.size >= limit) known.clear();
      known.set(key, answer);
    }
    return answer;
  };
}
