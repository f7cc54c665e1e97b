{{- define "platform.hba" -}}
# Over the network by TLS and password only; database by database, each role enters what was granted to it.
hostssl all all      all scram-sha-256
# In the pod itself, whoever is the server's own user: `kubectl exec postgres-0 -- psql -U postgres`.
local   all postgres     peer
{{- end }}

{{/* Roles of its own, as JSON: each with the Secret that has its password. */}}
{{- define "platform.roles" -}}
{{- $roles := dict -}}
{{- range $name, $scope := .Subcharts -}}
{{- if and $scope.Values.databases (not $scope.Values.users.postgres) -}}
{{- $_ := set $roles (include "service.name" $scope | replace "-" "_") (include "service.secretOf" (list $scope "postgres")) -}}
{{- end -}}
{{- end -}}
{{ toJson $roles }}
{{- end }}

{{/* Those passwords as they are, or will be: what the pod is rolled for. */}}
{{- define "platform.rolePasswords" -}}
{{- $passwords := dict "postgres" (include "service.password" (list . "postgres-admin" "password")) -}}
{{- range $name, $scope := .Subcharts -}}
{{- if and $scope.Values.databases (not $scope.Values.users.postgres) -}}
{{- $made := get (include "service.credentials" $scope | fromJson) "postgres-password" -}}
{{- $kept := dig "data" "postgres-password" "" (lookup "v1" "Secret" $.Release.Namespace (include "service.secretOf" (list $scope "postgres")) | default dict) -}}
{{- $_ := set $passwords $name ($made | default $kept) -}}
{{- end -}}
{{- end -}}
{{ toJson $passwords }}
{{- end }}

{{/* What holds after each start, whatever held before: roles with the passwords of today, databases, and who may enter them. */}}
{{- define "platform.databases" -}}
{{- $access := (include "platform.access" . | fromJson).postgres -}}
\set ON_ERROR_STOP on
set client_min_messages = warning;
\set password `cat /etc/tradewind/admin/password`
alter role postgres password :'password';
{{- range $role, $_ := include "platform.roles" . | fromJson }}
\set password `cat /etc/tradewind/passwords/{{ $role }}`
select 'create role {{ $role }}' where not exists (select from pg_roles where rolname = '{{ $role }}') \gexec
alter role {{ $role }} login password :'password';
{{- end }}
{{- with $access.reader }}
alter role {{ . }} set default_transaction_read_only = on;
grant pg_read_all_data to {{ . }};
{{- end }}
revoke connect, temporary on database postgres, template1 from public;
{{- range $database, $owner := $access.databases }}
select 'create database {{ $database }} owner {{ $owner }}' where not exists (select from pg_database where datname = '{{ $database }}') \gexec
revoke connect, temporary on database {{ $database }} from public;
grant connect on database {{ $database }} to {{ $access.reader }};
{{- end }}
{{- end }}

{{- define "platform.postgresStart" -}}
set -eu
# A first process ignores what it does not ask for.
trap 'exit 0' INT TERM
trap 'pg_ctl stop --wait --mode fast --silent 2>/dev/null || true' EXIT
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  # Under another name until it is whole: a first start that was cut off begins anew.
  rm -rf "$PGDATA.new"
  initdb --pgdata "$PGDATA.new" --username postgres --pwfile "$POSTGRES_PASSWORD_FILE" --data-checksums --auth-local peer --auth-host scram-sha-256 >/dev/null
  [ ! -d "$PGDATA" ] || rmdir "$PGDATA"
  mv "$PGDATA.new" "$PGDATA"
  sync
fi
# Nobody gets in by the network until everything is as it should be. Reading the log back is part of this, after a crash or of a
# backup: pg_ctl takes a server that does that for a standby, and does not wait for its end. In the background, so that this shell
# hears what it is told meanwhile.
pg_ctl start --wait --timeout 86400 --silent --options "-c listen_addresses= -c hba_file=/etc/tradewind/pg_hba.conf -c hot_standby=off -c max_connections={{ int .Values.postgres.maxConnections }}" &
wait $!
until pg_isready --quiet; do
  pg_ctl status >/dev/null
  sleep 0.2
done
psql --no-psqlrc --quiet --username postgres --dbname postgres --file /etc/tradewind/databases.sql
pg_ctl stop --wait --mode fast --silent
exec postgres "$@"
{{- end }}
