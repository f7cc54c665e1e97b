import type { Reach } from '@tradewind/embedded/folder.ts';
import type { Place } from './place.ts';

/** How stores, log and work queue are reached from here. @throws CodedError `config-invalid` */
export async function reachFrom(place: Exclude<Place, { type: 'kubernetes' }>, env: NodeJS.ProcessEnv): Promise<Reach> {
  return place.type === 'folder' ? place.platform : (await import('@tradewind/kubernetes/reach.ts')).reachOf(env);
}
