/** What OTLP carries, as in the paths of its endpoints. */
export type Signal = 'traces' | 'logs' | 'metrics';
