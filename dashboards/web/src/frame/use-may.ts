import { useQueryClient } from '@tanstack/react-query';
import type { SignedIn } from '../answers.ts';

/** Whether who is signed in has a permission. */
export function useMay(permission: string): boolean {
  return useQueryClient().getQueryData<SignedIn>(['session'])?.permissions.includes(permission) ?? false;
}
