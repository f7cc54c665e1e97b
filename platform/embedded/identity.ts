/** Whom the local issuer's tokens are from and for. */
export const identity = { issuer: 'tradewind-local', audience: 'tradewind' };
