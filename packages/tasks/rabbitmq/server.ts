import type { Options } from 'amqplib';

/** Where the server is and who asks, as the driver and the management API want it. */
export interface Server {
  amqp: Options.Connect;
  vhost: string;
  user: string;
  password: string;
  ca?: string;
}

/** @throws TypeError for what is no amqp(s) URL */
export function serverOf(url: string, ca: string | undefined): Server {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  if (protocol !== 'amqp:' && protocol !== 'amqps:') throw new TypeError(`the URL begins with ${protocol}//, not with amqp:// or amqps://`);
  const vhost = decodeURIComponent(pathname.slice(1)) || '/';
  const user = decodeURIComponent(username) || 'guest';
  const secret = decodeURIComponent(password) || 'guest';
  return {
    amqp: {
      // The driver decodes the virtual host once more.
      protocol: protocol.slice(0, -1), hostname: hostname.replace(/^\[|\]$/g, ''), vhost: encodeURIComponent(vhost), username: user, password: secret,
      ...(port !== '' && { port: Number(port) }),
    },
    vhost, user, password: secret, ...(ca !== undefined && { ca }),
  };
}
