export type Role = 'ingest' | 'engine' | 'dashboards';

/** What the commands of services take. */
export interface ServiceOptions {
  /** All of them when left out. */
  readonly role?: Role;
  readonly only?: 'receive' | 'work';
  readonly forward?: string;
  readonly token?: string;
  readonly demo?: boolean;
  readonly data?: string;
  readonly config?: string;
  readonly behindTlsProxy?: boolean;
}
