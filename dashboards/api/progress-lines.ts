import { isCoded } from '../../engine/core/errors.ts';

/**
 * Work that takes long as NDJSON: `{"progress": ...}` as it comes, the latest alone, and `{"result": ...}` at last. The status has
 * gone out by then, so a problem is a line too: `{"problem": {code, detail}}`.
 */
export async function* progressLines<Progress>(
  work: (onProgress: (progress: Progress) => void) => Promise<unknown>,
  failed: string,
): AsyncGenerator<string> {
  let latest: { readonly progress: Progress } | undefined;
  let wake = () => {};
  let outcome: object | undefined;
  const done = work((progress) => {
    latest = { progress };
    wake();
  }).then(
    (result) => {
      outcome = { result };
    },
    (error: unknown) => {
      const detail = isCoded(error) ? error.message : failed;
      outcome = { problem: { code: isCoded(error) ? error.code : 'INTERNAL', detail } };
    },
  );
  void done.then(() => wake());
  for (let sent: typeof latest; outcome === undefined; ) {
    if (latest === sent) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (latest !== sent) {
      sent = latest;
      yield `${JSON.stringify(latest)}\n`;
    }
  }
  yield `${JSON.stringify(outcome)}\n`;
}
