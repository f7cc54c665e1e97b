{{/* Whose password it is on a server. */}}
{{- define "service.user" -}}
{{- $scope := index . 0 -}}
{{ get $scope.Values.users (index . 1) | default (include "service.name" $scope) }}
{{- end }}

{{/* Secret with what that user needs. */}}
{{- define "service.secretOf" -}}
{{ get (index . 0).Values.credentials (index . 1) | default (printf "%s-credentials" (include "service.user" .)) }}
{{- end }}

{{/* Whether its own Secret has what it needs for a server. */}}
{{- define "service.makes" -}}
{{- $scope := index . 0 -}}
{{- if and (get $scope.Values (eq (index . 1) "postgres" | ternary "databases" (index . 1))) (eq (include "service.secretOf" .) (printf "%s-credentials" (include "service.name" $scope))) -}}yes{{- end -}}
{{- end }}

{{/*
What its own Secret holds, as JSON: the passwords that are in the cluster already, or new ones by chance, and the
connection strings made of them. Made once a rendering, so that whoever asks again (the parent, for the servers) gets the same.
*/}}
{{- define "service.credentials" -}}
{{- if not (hasKey .Values "made") -}}
{{- $name := include "service.name" . -}}
{{- $kept := dig "data" dict (lookup "v1" "Secret" .Release.Namespace (printf "%s-credentials" $name) | default dict) -}}
{{- $made := dict -}}
{{- if include "service.makes" (list . "postgres") -}}
{{- $postgres := .Values.global.postgres -}}
{{- $password := get $kept "postgres-password" | b64dec | default (randAlphaNum 32) -}}
{{- $_ := set $made "postgres-password" $password -}}
{{- $tls := empty $postgres.caSecret | ternary "sslmode=verify-full" "sslmode=verify-full&sslrootcert=/etc/tradewind/ca/postgres.crt" -}}
{{- range $variable, $database := .Values.databases -}}
{{- $_ := set $made $variable (printf "postgres://%s:%s@%s:%d/%s?%s" (replace "-" "_" $name) $password $postgres.host (int $postgres.port) $database $tls) -}}
{{- end -}}
{{- end -}}
{{- if include "service.makes" (list . "rabbitmq") -}}
{{- $rabbitmq := .Values.global.rabbitmq -}}
{{- $password := get $kept "rabbitmq-password" | b64dec | default (randAlphaNum 32) -}}
{{- $_ := set $made "rabbitmq-password" $password -}}
{{- $_ := set $made "RABBITMQ_URL" (printf "amqps://%s:%s@%s:%d/%s" $name $password $rabbitmq.host (int $rabbitmq.port) $rabbitmq.vhost) -}}
{{- end -}}
{{- $_ := set .Values "made" $made -}}
{{- end -}}
{{ toJson .Values.made }}
{{- end }}
