import { z } from 'zod';
import { text, webAddress } from './setting-forms.ts';

const GROUP_ROLE = /^(?:[a-z][a-z0-9_]{0,39}:)?(?:admin|security|analyst|manager|developer)$/;

/** `group=role,group=org:role` in a variable. */
const groupRoles = z.union([
  z.record(text, z.string().regex(GROUP_ROLE, 'a role, or org:role')),
  z.string().transform((pairs, context): Record<string, string> => {
    const read = pairs.split(',').map((pair) => {
      const [, group = '', role = ''] = /^(.+)=(.+)$/.exec(pair.trim()) ?? [];
      return [group, role] as const;
    });
    if (!read.every(([, role]) => GROUP_ROLE.test(role)))
      context.addIssue({ code: 'custom', message: 'group=role,group=org:role is wanted' });
    return Object.fromEntries(read);
  }),
]);

/** Single sign-on by an identity provider. */
export const singleSignOnSection = {
  oidc_issuer: webAddress
    .optional()
    .describe('Identity provider for single sign-on, as its discovery document names it'),
  oidc_client_id: text.optional().describe('How the identity provider knows this server'),
  oidc_client_secret: text.optional().describe('Its secret; none for a public client'),
  oidc_scopes: text.default('openid email profile').describe('What is asked of the identity provider'),
  oidc_groups_claim: text.default('groups').describe('Claim with the groups; dots lead into objects'),
  oidc_roles: groupRoles.default({}).describe('Role that each group gives, as role or org:role'),
  oidc_name: text.max(60).default('single sign-on').describe('What the sign-in page calls it'),
};
