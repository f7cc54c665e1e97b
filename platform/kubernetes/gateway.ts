/** Where the gateway is, for whoever is in the cluster too. @throws Error in one line */
export function gatewayOf({ GATEWAY_URL: origin }: NodeJS.ProcessEnv): string {
  if (!origin) throw new Error('GATEWAY_URL must say where the gateway is');
  return origin.replace(/\/$/, '');
}
