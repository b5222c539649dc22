import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';

export interface ProviderAccount {
  readonly sub: string;
  readonly email: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly groups?: readonly string[];
}

export const CLIENT = { id: 'spanwarden', secret: 'a secret that only the two of them know' } as const;

/** A real OpenID provider on loopback, at which whoever `account` says is signed in without a form. */
export async function identityProvider(redirectUri: string) {
  const state: { account: ProviderAccount; afterTokens: () => void } = {
    account: { sub: 'nobody', email: 'nobody@example.org' },
    afterTokens: () => {},
  };
  const accounts = new Map<string, ProviderAccount>();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const configuration: Configuration = {
    clients: [
      {
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['tests'] },
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false } },
    ttl: { IdToken: 600, Interaction: 600, Session: 600, Grant: 600, AccessToken: 600 },
    interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ ...accounts.get(id), groups: [...(accounts.get(id)?.groups ?? [])], sub: id }),
    }),
    loadExistingGrant: async (context) => {
      const grant = new context.oidc.provider.Grant({
        accountId: context.oidc.session!.accountId!,
        clientId: context.oidc.client!.clientId,
      });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  };
  const provider = new Provider(issuer, configuration);
  const callback = provider.callback();
  server.on('request', (request, response) => {
    if (request.url === '/token') response.once('finish', () => state.afterTokens());
    if (!request.url?.startsWith('/interaction/')) return void callback(request, response);
    const { account } = state;
    accounts.set(account.sub, account);
    provider
      .interactionFinished(request, response, { login: { accountId: account.sub } })
      .catch(() => response.destroy());
  });

  return {
    issuer,
    /** `afterTokens` runs when tokens have left and before anybody can have read them. */
    set: (account: ProviderAccount, afterTokens = () => {}) => {
      state.account = account;
      state.afterTokens = afterTokens;
    },
    /** Walks as a fresh browser from the provider's page to the way back. Answers its query. */
    walk: async (from: string): Promise<URLSearchParams> => {
      const cookies = new Map<string, string>();
      let url = from;
      for (let step = 0; step < 10; step++) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        const response = await fetch(url, { redirect: 'manual', headers: cookie === '' ? {} : { cookie } });
        for (const header of response.headers.getSetCookie()) {
          const [pair = ''] = header.split(';');
          const at = pair.indexOf('=');
          cookies.set(pair.slice(0, at), pair.slice(at + 1));
        }
        const location = response.headers.get('location');
        if (location === null) throw new Error(`the provider stays: ${response.status} ${await response.text()}`);
        url = new URL(location, url).href;
        if (url.startsWith(redirectUri)) return new URL(url).searchParams;
      }
      throw new Error('the provider sends in circles');
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
