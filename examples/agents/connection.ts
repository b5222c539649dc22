/** Where the examples send to: SPANWARDEN_ENDPOINT, and SPANWARDEN_API_KEY where a token is needed. */
export function connection(): { endpoint: string; apiKey?: string } {
  const { SPANWARDEN_ENDPOINT: endpoint = 'http://127.0.0.1:4318', SPANWARDEN_API_KEY: apiKey } = process.env;
  return { endpoint, ...(apiKey !== undefined && { apiKey }) };
}
