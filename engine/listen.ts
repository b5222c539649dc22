import { CodedError } from './core/errors.ts';

interface Place {
  readonly host: string;
  readonly port: number;
  /** Setting that names the port. */
  readonly setting: string;
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is taken: stop what listens there or name another port',
  EACCES: 'is not allowed to this user: name a port above 1023',
  EADDRNOTAVAIL: 'is not on this machine: name one of its addresses with SPANWARDEN_HOST, the port',
  ENOTFOUND: 'has no address: name another host with SPANWARDEN_HOST, the port',
};

/** Begins to listen; what settings can mend is told as CONFIG_INVALID. */
export async function listen<T>({ host, port, setting }: Place, begin: () => Promise<T>): Promise<T> {
  try {
    return await begin();
  } catch (error) {
    const reason = REASONS[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    throw new CodedError('CONFIG_INVALID', `${host}:${port} ${reason} with SPANWARDEN_${setting.toUpperCase()}`, {
      cause: error,
    });
  }
}
