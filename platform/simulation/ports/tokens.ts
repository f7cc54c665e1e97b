import { tokenErrors, type Tokens } from '@tradewind/chassis/auth/tokens.ts';
import { callerOf } from '@tradewind/chassis/http/caller.ts';
import { viaOf } from '../world/call.ts';
import { operations } from '../world/operation.ts';
import type { Process } from '../world/process.ts';

const op = operations('tokens', { reading: ['verify'], changing: [] });

/** Tokens that are the caller's name in plain text: `customer:c1`, `operator:olga`. Signatures take real cryptography, off this thread. */
export function plainTokens(process: Process): Tokens {
  const via = viaOf(process);
  return {
    verify: (token) => via(op.verify, async () => {
      const caller = callerOf(token);
      if (caller.role === 'service') throw tokenErrors.error('token-invalid', 'No token is issued to a service.');
      return caller;
    }, () => token),
  };
}
