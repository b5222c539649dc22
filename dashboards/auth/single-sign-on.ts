import { randomBytes } from 'node:crypto';
import * as openid from 'openid-client';
import type { Clock } from '../../engine/core/clock.ts';
import { CodedError } from '../../engine/core/errors.ts';
import { tokenHash } from './token-secret.ts';

export interface SingleSignOnSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Left out for a public client. */
  readonly clientSecret?: string | undefined;
  readonly scopes: string;
  /** Where the groups stand in the claims; dots lead into objects. */
  readonly groupsClaim: string;
  /** As it is registered at the provider. */
  readonly redirectUri: string;
}

/** Who the provider says somebody is. */
export interface Identity {
  /** Issuer and subject: the one name that a provider never gives away again. */
  readonly externalId: string;
  readonly email: string;
  /** Whether the provider vouches for the address. */
  readonly emailVerified: boolean;
  readonly name: string;
  readonly groups: readonly string[];
}

export interface SingleSignOn {
  /** The provider's page to send a browser to, and the secret for the cookie that ties the way back to this browser. */
  begin(org: string | undefined): Promise<{ url: string; flow: string }>;
  /** Takes the query of the way back. A flow ends with its first use. Throws UNAUTHENTICATED whatever was wrong with it. */
  finish(flow: string, query: string): Promise<{ identity: Identity; org: string | undefined }>;
}

/** Time to sign in at the provider. */
export const FLOW_MS = 10 * 60_000;
/** Flows under way; the oldest goes when there would be one more. */
const MOST_FLOWS = 10_000;
const REQUEST_SECONDS = 10;
const MOST_GROUPS = 1_000;

interface Flow {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly org: string | undefined;
  readonly until: number;
}

/** OpenID Connect: code flow with PKCE, state and nonce; signatures of ID tokens are verified though they come from the provider itself. */
export function createSingleSignOn(settings: SingleSignOnSettings, clock: Clock): SingleSignOn {
  const flows = new Map<string, Flow>();
  let discovered: Promise<openid.Configuration> | undefined;

  function provider(): Promise<openid.Configuration> {
    discovered ??= discover(settings);
    discovered.catch(() => {
      discovered = undefined;
    });
    return discovered.catch((cause: unknown) => {
      throw new CodedError('SERVER_UNREACHABLE', 'The identity provider does not answer', { cause });
    });
  }

  return {
    begin: async (org) => {
      const config = await provider();
      const secret = randomBytes(32).toString('base64url');
      const flow: Flow = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        verifier: openid.randomPKCECodeVerifier(),
        org,
        until: clock() + FLOW_MS,
      };
      const oldest = flows.keys().next();
      if (flows.size >= MOST_FLOWS && !oldest.done) flows.delete(oldest.value);
      flows.set(tokenHash(secret), flow);
      const url = openid.buildAuthorizationUrl(config, {
        redirect_uri: settings.redirectUri,
        scope: settings.scopes,
        code_challenge: await openid.calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
        state: flow.state,
        nonce: flow.nonce,
      });
      return { url: url.href, flow: secret };
    },
    finish: async (secret, query) => {
      const key = tokenHash(secret);
      const flow = flows.get(key);
      flows.delete(key);
      if (!flow || flow.until <= clock()) throw refused();
      const config = await provider();
      try {
        const url = new URL(settings.redirectUri);
        url.search = query;
        const tokens = await openid.authorizationCodeGrant(config, url, {
          pkceCodeVerifier: flow.verifier,
          expectedState: flow.state,
          expectedNonce: flow.nonce,
          idTokenExpected: true,
        });
        const claims = tokens.claims()!;
        const isWhole = claims['email'] !== undefined && claimAt(claims, settings.groupsClaim) !== undefined;
        const more =
          isWhole || config.serverMetadata().userinfo_endpoint === undefined
            ? {}
            : await openid.fetchUserInfo(config, tokens.access_token, claims.sub);
        return { identity: identityOf({ ...more, ...claims }, settings.groupsClaim), org: flow.org };
      } catch (error) {
        if (error instanceof CodedError) throw error;
        throw refused(error);
      }
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: SingleSignOnSettings): Promise<openid.Configuration> {
  const server = new URL(issuer);
  const config = await openid.discovery(
    server,
    clientId,
    clientSecret,
    clientSecret === undefined ? openid.None() : undefined,
    {
      timeout: REQUEST_SECONDS,
      // The settings let plain HTTP through for loopback alone.
      execute: [
        openid.enableNonRepudiationChecks,
        ...(server.protocol === 'http:' ? [openid.allowInsecureRequests] : []),
      ],
    },
  );
  config.timeout = REQUEST_SECONDS;
  return config;
}

function identityOf(claims: Readonly<Record<string, unknown>>, groupsClaim: string): Identity {
  const email = claims['email'];
  if (typeof email !== 'string' || !/^[^\s@]{1,64}@[^\s@]{1,190}$/.test(email))
    throw new CodedError(
      'UNAUTHENTICATED',
      'The identity provider sends no e-mail address: ask it for the scope email',
    );
  const groups = claimAt(claims, groupsClaim);
  const name = claims['name'];
  return {
    externalId: `${claims['iss']} ${claims['sub']}`,
    email: email.toLowerCase(),
    emailVerified: claims['email_verified'] === true,
    name: typeof name === 'string' && name !== '' ? name.slice(0, 200) : email,
    groups: [groups]
      .flat()
      .filter((group): group is string => typeof group === 'string')
      .slice(0, MOST_GROUPS),
  };
}

/** A claim by its whole name, or else step by step through objects. */
function claimAt(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const step of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

function refused(cause?: unknown): CodedError {
  return new CodedError('UNAUTHENTICATED', 'Single sign-on failed: begin again', { cause });
}
