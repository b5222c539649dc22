/** What is said of each event in an alert's log. */
export const EVENT_WORDS: Readonly<Record<string, string>> = {
  opened: 'opened',
  matched: 'matched again',
  acknowledged: 'acknowledged',
  assigned: 'assigned to',
  commented: 'noted',
  closed: 'closed as',
  reopened: 'opened again',
};
