{{/* Whose password it is on a server. */}}
{{- define "service.user" -}}
{{- $scope := index . 0 -}}
{{ get $scope.Values.users (index . 1) | default (include "service.name" $scope) }}
{{- end }}

{{/* Secret with what that user needs. */}}
{{- define "service.secretOf" -}}
{{ get (index . 0).Values.credentials (index . 1) | default (printf "%s-credentials" (include "service.user" .)) }}
{{- end }}

{{/* Whether it uses a server, by a Secret that is made here: its own, or that of the one whose user it is. */}}
{{- define "service.givenTo" -}}
{{- $scope := index . 0 -}}
{{- if and (get $scope.Values (eq (index . 1) "postgres" | ternary "databases" (index . 1))) (eq (include "service.secretOf" .) (printf "%s-credentials" (include "service.user" .))) -}}yes{{- end -}}
{{- end }}

{{/* Whether its own Secret has what it needs for a server. */}}
{{- define "service.makes" -}}
{{- if and (include "service.givenTo" .) (eq (include "service.user" .) (include "service.name" (index . 0))) -}}yes{{- end -}}
{{- end }}

{{/* Connection strings by environment variable, as JSON: those out of Secrets that are made here. */}}
{{- define "service.connections" -}}
{{- $found := dict -}}
{{- if include "service.givenTo" (list . "postgres") -}}
{{- $postgres := .Values.global.postgres -}}
{{- $user := include "service.user" (list . "postgres") -}}
{{- $password := include "service.password" (list . (printf "%s-credentials" $user) "postgres-password") -}}
{{- $tls := empty $postgres.caSecret | ternary "sslmode=verify-full" "sslmode=verify-full&sslrootcert=/etc/tradewind/ca/postgres.crt" -}}
{{- range $variable, $database := .Values.databases -}}
{{- $_ := set $found $variable (printf "postgres://%s:%s@%s:%d/%s?%s" (replace "-" "_" $user) $password $postgres.host (int $postgres.port) $database $tls) -}}
{{- end -}}
{{- end -}}
{{- if include "service.givenTo" (list . "rabbitmq") -}}
{{- $rabbitmq := .Values.global.rabbitmq -}}
{{- $user := include "service.user" (list . "rabbitmq") -}}
{{- $password := include "service.password" (list . (printf "%s-credentials" $user) "rabbitmq-password") -}}
{{- $_ := set $found "RABBITMQ_URL" (printf "amqps://%s:%s@%s:%d/%s" $user $password $rabbitmq.host (int $rabbitmq.port) $rabbitmq.vhost) -}}
{{- end -}}
{{ toJson $found }}
{{- end }}

{{/* What its own Secret holds, as JSON: passwords, and the connection strings made of them. */}}
{{- define "service.credentials" -}}
{{- $made := dict -}}
{{- $connections := include "service.connections" . | fromJson -}}
{{- $secret := printf "%s-credentials" (include "service.name" .) -}}
{{- if include "service.makes" (list . "postgres") -}}
{{- $_ := set $made "postgres-password" (include "service.password" (list . $secret "postgres-password")) -}}
{{- range $variable, $_ := .Values.databases }}{{ $_ := set $made $variable (get $connections $variable) }}{{ end -}}
{{- end -}}
{{- if include "service.makes" (list . "rabbitmq") -}}
{{- $_ := set $made "rabbitmq-password" (include "service.password" (list . $secret "rabbitmq-password")) -}}
{{- $_ := set $made "RABBITMQ_URL" (get $connections "RABBITMQ_URL") -}}
{{- end -}}
{{ toJson $made }}
{{- end }}

{{/*
All that its pods are told by Secrets, as JSON: what they are rolled for. Strimzi's are left out: they come after the first installation,
and the first upgrade would find a difference that is none.
*/}}
{{- define "service.told" -}}
{{- $told := include "service.connections" . | fromJson -}}
{{- $known := list (include "service.user" (list . "kafka")) (printf "%s-cluster-ca-cert" .Values.global.kafka.cluster) -}}
{{- range list "postgres" "rabbitmq" }}{{ if include "service.givenTo" (list $ .) }}{{ $known = append $known (include "service.secretOf" (list $ .)) }}{{ end }}{{ end -}}
{{- $read := concat (include "service.hidden" . | fromJson | values) (values .Values.files) -}}
{{- range include "service.authorities" . | fromJson }}{{ $read = append $read (dict "secret" . "key" "ca.crt") }}{{ end -}}
{{- range $read -}}
{{- if not (has .secret $known) }}{{ $_ := set $told (printf "%s/%s" .secret .key) (include "service.content" (list $ .secret .key)) }}{{ end -}}
{{- end -}}
{{ toJson $told }}
{{- end }}
