import { exchanges } from '@tradewind/events/topology.ts';
import { serviceNames, type ServiceName } from '@tradewind/embedded/service-names.ts';
import { reaches } from '../services.ts';
import { rabbitHash, type Passwords, type User } from './accounts.ts';

export const VHOST = 'tradewind';

/** Regular expressions over the names of queues and exchanges. */
interface Permissions { configure: string; write: string; read: string }

const NOTHING = '^$';
/** Queues, and what stands beside each. */
const ANY_QUEUE = '(customers|inventory|payments|notifications|orders)\\..*';

/** Users with hashes of their passwords and what each may do, to be loaded at each start of the server. */
export function rabbitDefinitions(passwords: Passwords): object {
  const user = (name: User, tags: string[] = []) => ({
    name, tags, limits: {}, password_hash: rabbitHash(passwords('rabbitmq', name)), hashing_algorithm: 'rabbit_password_hashing_sha256',
  });
  const services = serviceNames.filter((name) => reaches[name].tasks);
  const allowed = (name: User, permissions: Permissions) => ({ user: name, vhost: VHOST, ...permissions });
  return {
    vhosts: [{ name: VHOST }],
    users: [...services.map((name) => user(name)), user('operator', ['monitoring']), user('ledger', ['monitoring']), user('admin', ['administrator'])],
    permissions: [
      ...services.map((name) => allowed(name, permissionsOf(name))),
      allowed('operator', { configure: only(ANY_QUEUE), write: only(`${ANY_QUEUE}\\.moves`), read: only(ANY_QUEUE) }),
      // To look at dead letters is to take them and give them back: a broker knows no other way.
      allowed('ledger', { configure: only('notifications\\.orders'), write: NOTHING, read: only('notifications\\.orders(\\.dead)?') }),
      allowed('admin', { configure: '.*', write: '.*', read: '.*' }),
    ],
    topic_permissions: [
      { user: 'orders', vhost: VHOST, exchange: exchanges.notifications, write: '^order\\.(confirmed|cancelled)\\.', read: NOTHING },
    ],
  };
}

/** What a service declares, it must be allowed to configure; the commands of others it cannot send, and their queues it cannot read. */
export function permissionsOf(service: ServiceName): Permissions {
  const { tasks } = reaches[service];
  if (!tasks) return { configure: NOTHING, write: NOTHING, read: NOTHING };
  const own = `${tasks.queues.replaceAll('.', '\\.')}.*`;
  const names = (kinds: string[]) => kinds.map((kind) => exchanges[kind as keyof typeof exchanges].replaceAll('.', '\\.'));
  // What failed of a temporary queue goes back to it by the default exchange.
  const byName = service === 'orders' ? ['amq\\.default'] : [];
  return {
    configure: only(own, ...names([...tasks.binds, ...tasks.publishes])),
    write: only(own, ...names(tasks.publishes), ...byName),
    read: only(own, ...names(tasks.binds)),
  };
}

function only(...patterns: string[]): string {
  return `^(${patterns.join('|')})$`;
}
