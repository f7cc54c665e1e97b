{{/* Environment variables whose values anybody may see, as JSON. */}}
{{- define "service.plain" -}}
{{- $plain := dict -}}
{{- if eq .Values.workload "Deployment" -}}
{{- $plain = dict "HOST" "0.0.0.0" "PORT" "8080" "ADMIN_PORT" "9090" "DRAIN_MS" (toString .Values.drain.drainMs) "STOP_WITHIN_MS" (toString .Values.drain.stopWithinMs) -}}
{{- end -}}
{{- range .Values.asks }}{{ $_ := set $plain (printf "%s_URL" (. | replace "-" "_" | upper)) (printf "http://%s:8080" .) }}{{ end -}}
{{- if .Values.kafka -}}
{{- $plain = merge $plain (dict "KAFKA_BROKERS" (include "service.kafkaBrokers" .) "KAFKA_CA_FILE" "/etc/tradewind/ca/kafka.crt" "KAFKA_MECHANISM" "scram-sha-512" "KAFKA_USERNAME" (include "service.user" (list . "kafka"))) -}}
{{- with .Values.global.kafka.client }}{{ $_ := set $plain "KAFKA_CLIENT" . }}{{ end -}}
{{- end -}}
{{- if and .Values.rabbitmq .Values.global.rabbitmq.caSecret }}{{ $_ := set $plain "RABBITMQ_CA_FILE" "/etc/tradewind/ca/rabbitmq.crt" }}{{ end -}}
{{- range $name, $value := .Values.settings }}{{ $_ := set $plain $name (toString $value) }}{{ end -}}
{{- range $name, $value := $plain }}{{ if or (hasKey $.Values.secrets $name) (eq $value "") }}{{ $_ := unset $plain $name }}{{ end }}{{ end -}}
{{ toJson $plain }}
{{- end }}

{{/* Environment variables out of Secrets, as JSON: name to secret and key. */}}
{{- define "service.hidden" -}}
{{- $hidden := dict -}}
{{- range $name, $_ := .Values.databases }}{{ $_ := set $hidden $name (dict "secret" (include "service.secretOf" (list $ "postgres")) "key" $name) }}{{ end -}}
{{- if .Values.rabbitmq }}{{ $_ := set $hidden "RABBITMQ_URL" (dict "secret" (include "service.secretOf" (list . "rabbitmq")) "key" "RABBITMQ_URL") }}{{ end -}}
{{- if .Values.kafka }}{{ $_ := set $hidden "KAFKA_PASSWORD" (dict "secret" (.Values.credentials.kafka | default (include "service.user" (list . "kafka"))) "key" "password") }}{{ end -}}
{{- range $name, $from := .Values.secrets }}{{ $_ := set $hidden $name $from }}{{ end -}}
{{- range $name, $_ := .Values.settings }}{{ if not (hasKey $.Values.secrets $name) }}{{ $_ := unset $hidden $name }}{{ end }}{{ end -}}
{{ toJson $hidden }}
{{- end }}

{{- define "service.environment" -}}
{{- range $name, $from := include "service.hidden" . | fromJson }}
- name: {{ $name }}
  valueFrom: { secretKeyRef: { name: {{ $from.secret }}, key: {{ $from.key }} } }
{{- end }}
{{- range $name, $value := include "service.plain" . | fromJson }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{/*
Whether the cluster has what a migration reads, and as it will be: an upgrade's runs before what comes with that upgrade, be it a service, a database, an
address or a password.
*/}}
{{- define "service.migrates" -}}
{{- $missing := list -}}
{{- if not .Release.IsInstall -}}
{{- $ours := include "service.connections" . | fromJson -}}
{{- range $name, $from := include "service.hidden" . | fromJson -}}
{{- $there := lookup "v1" "Secret" $.Release.Namespace $from.secret | default dict -}}
{{- $has := get ($there.data | default dict) $from.key | b64dec -}}
{{- if and (hasKey $.Values.databases $name) (or (not $has) (and (hasKey $ours $name) (ne $has (get $ours $name)))) }}{{ $missing = append $missing $name }}{{ end -}}
{{- end -}}
{{- end -}}
{{- if not $missing }}yes{{ end -}}
{{- end }}
