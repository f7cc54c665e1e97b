import type { Subject } from '@tradewind/chassis/jose/issuer.ts';
import { systemClock } from '@tradewind/chassis/system/clock.ts';
import { identity } from '@tradewind/embedded/identity.ts';
import { Option, type Command } from 'commander';
import { duration } from '../duration.ts';
import { platformOf } from '../platform.ts';
import { UserError, type Context } from '../terminal.ts';

interface Options { customer?: string; role?: 'operator'; ttl: number }

/** `tradewind token`: prints a bearer token that the platform accepts. */
export function token(program: Command, context: Context): void {
  program.command('token')
    .summary('print a bearer token')
    .description("Prints a token signed by the platform's local issuer, alone on its line.")
    .option('--customer <id>', 'for this customer, who sees their own orders only')
    .addOption(new Option('--role <role>', 'for an operator, who sees everything').choices(['operator']).conflicts('customer'))
    .addOption(new Option('--ttl <duration>', 'how long it is valid').argParser(duration).default(3_600_000, '1h'))
    .addHelpText('after', `
Examples:
  $ tradewind token --customer c-17
  $ tradewind token --role operator --ttl 8h
  $ curl -H "authorization: Bearer $(tradewind token --role operator)" http://127.0.0.1:8080/orders

Exit codes:
  0  printed
  2  no platform is running there, or the options do not fit`)
    .action(async ({ customer, role, ttl }: Options, command: Command) => {
      const platform = platformOf(command, context);
      const { openLocalIssuer } = await import('@tradewind/chassis/jose/issuer.ts');
      const issuer = await openLocalIssuer({ folder: platform.folder, ...identity, clock: systemClock });
      context.out(await issuer.issue(subjectOf(customer, role), ttl));
    });
}

function subjectOf(customer: string | undefined, role: 'operator' | undefined): Subject {
  if (customer !== undefined) return { customer };
  if (role === 'operator') return { operator: 'cli' };
  throw new UserError('say for whom: --customer ID or --role operator');
}
