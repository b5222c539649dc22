import { Problem } from '../request.ts';

/** What went wrong, where it went wrong, with a way to try again. */
export function Failure({ error, retry }: { error: unknown; retry?: () => unknown }) {
  const problem = error instanceof Problem ? error : undefined;
  return (
    <div className="failure" role="alert">
      <p>{problem?.message ?? 'Something went wrong on this page'}</p>
      {problem?.requestId && (
        <p className="small muted">
          Request <code>{problem.requestId}</code>, which the server's log has too.
        </p>
      )}
      {retry && (
        <button type="button" className="button" onClick={() => void retry()}>
          Try again
        </button>
      )}
    </div>
  );
}
