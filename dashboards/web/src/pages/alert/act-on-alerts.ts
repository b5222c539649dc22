import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CloseReason } from '../../answers.ts';
import { request } from '../../request.ts';

export type Action =
  | { readonly action: 'acknowledge' | 'reopen' }
  | { readonly action: 'close'; readonly reason: CloseReason }
  | { readonly action: 'assign'; readonly assignee: string | null }
  | { readonly action: 'comment'; readonly text: string };

/** An action on these alerts. */
export type AimedAction = Action & { readonly ids: readonly string[] };

export const CLOSE_WORDS: Readonly<Record<CloseReason, string>> = {
  true_positive: 'True positive',
  false_positive: 'False positive',
  benign: 'Benign',
  duplicate: 'Duplicate',
};

/** Acts on alerts, one after another; those that their state does not allow it for are counted. */
export function useActOnAlerts() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ ids, ...asked }: AimedAction) => {
      const { action, ...body } = asked as Action & Record<string, unknown>;
      let refused: unknown;
      for (const id of ids) {
        await request('POST', `/alerts/${encodeURIComponent(id)}/${action}`, body).catch((error: unknown) => {
          refused = error;
        });
      }
      if (refused !== undefined) throw refused;
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['alerts'] }),
  });
}
