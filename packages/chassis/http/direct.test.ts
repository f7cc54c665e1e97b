import { systemClock } from '../system/clock.ts';
import { httpContract } from './client.contract.ts';
import { directHttp } from './direct.ts';

httpContract('direct call', (shop) => Promise.resolve({
  http: directHttp((service) => (service === 'shop' ? shop : undefined), systemClock), close: () => Promise.resolve(),
}));
