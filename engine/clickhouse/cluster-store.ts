import { clusterStatements } from './cluster-statement.ts';
import type { Store } from './store.ts';

/** A store on a cluster: statements that make or change tables do so on every node. */
export function clusterStore(store: Store, cluster: string): Store {
  return {
    ...store,
    command: async (sql, params, options) => {
      for (const statement of clusterStatements(sql, cluster)) await store.command(statement, params, options);
    },
  };
}
