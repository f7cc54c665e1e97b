import type { Subject } from '@tradewind/chassis/jose/issuer.ts';
import { Option, type Command } from 'commander';
import { duration } from '../duration.ts';
import { verb } from '../manual.ts';
import { openIssuer } from '../gateway.ts';
import { placeOf } from '../place.ts';
import { UserError, write, type Context } from '../terminal.ts';

interface Options { customer?: string; role?: 'operator'; ttl: number; json?: true }

/** `tradewind token`: prints a bearer token that the platform accepts. */
export function token(program: Command, context: Context): void {
  verb(program, 'token', {
    summary: 'print a bearer token',
    description: "Prints a token signed by the platform's own issuer, alone on its line.",
    examples: [
      'token --customer c-17', 'token --role operator --ttl 8h', 'token --role operator --json | jq -r .token',
    ],
    exits: { 0: 'printed' },
  })
    .option('--customer <id>', 'for this customer, who sees their own orders only')
    .addOption(new Option('--role <role>', 'for an operator, who sees everything').choices(['operator']).conflicts('customer'))
    .addOption(new Option('--ttl <duration>', 'how long it is valid').argParser(duration).default(3_600_000, '1h'))
    .action(async ({ customer, role, ttl, json }: Options, command: Command) => {
      const issuer = await openIssuer(placeOf(command, context), context.env);
      const issued = await issuer.issue(subjectOf(customer, role), ttl);
      write(context, json, { token: issued }, () => issued);
    });
}

function subjectOf(customer: string | undefined, role: 'operator' | undefined): Subject {
  if (customer !== undefined) return { customer };
  if (role === 'operator') return { operator: 'cli' };
  throw new UserError('say for whom: --customer ID or --role operator');
}
