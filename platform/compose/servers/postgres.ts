import { databaseNames } from '../services.ts';
import { ownerOf, postgresVerifier, roleOf, type Passwords, type User } from './accounts.ts';

/** Statements that a new server runs once: a role a service with its databases, which nobody else enters but the ledger, who only reads. */
export function postgresScript(passwords: Passwords): string {
  const owners = [...new Set(databaseNames.map(ownerOf))];
  return [
    ...owners.map((user) => role(user, passwords)),
    role('ledger', passwords),
    'alter role ledger set default_transaction_read_only = on;',
    'grant pg_read_all_data to ledger;',
    'revoke connect, temporary on database postgres, template1 from public;',
    ...databaseNames.flatMap((name) => [
      `create database ${name} owner ${roleOf(ownerOf(name))};`,
      `revoke connect, temporary on database ${name} from public;`,
      `grant connect on database ${name} to ledger;`,
    ]),
    '',
  ].join('\n');
}

function role(user: User, passwords: Passwords): string {
  return `create role ${roleOf(user)} login password '${postgresVerifier(passwords('postgres', user))}';`;
}
