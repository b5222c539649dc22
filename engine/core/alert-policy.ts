/** A rule of people's about alerts, as it is stored: a route, a silence or an inhibition. Its body is checked where it is used. */
export interface StoredPolicy {
  id: string;
  kind: string;
  body: unknown;
  /** DateTime64(6) text, UTC. */
  created_at: string;
  created_by: string;
}
