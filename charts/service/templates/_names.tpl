{{- define "service.name" -}}
{{ .Values.name | default .Chart.Name }}
{{- end }}

{{/* What never changes for as long as the Deployment lives. */}}
{{- define "service.selector" -}}
app.kubernetes.io/name: {{ include "service.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: service
{{- end }}

{{/* Of pods: what a new version of the chart need not change. */}}
{{- define "service.podLabels" -}}
{{ include "service.selector" . }}
app.kubernetes.io/part-of: tradewind
{{- end }}

{{- define "service.labels" -}}
{{ include "service.podLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "service-%s" .Chart.Version }}
{{- end }}

{{- define "service.image" -}}
{{- $repository := .Values.image.repository | default (printf "tradewind/%s" (include "service.name" .)) -}}
{{- with .Values.image.digest -}}
{{ $.Values.global.image.registry }}{{ $repository }}@{{ . }}
{{- else -}}
{{ .Values.global.image.registry }}{{ $repository }}:{{ .Values.image.tag | default .Values.global.image.tag }}
{{- end -}}
{{- end }}

{{- define "service.kafkaCa" -}}
{{ .Values.global.kafka.caSecret | default (printf "%s-cluster-ca-cert" .Values.global.kafka.cluster) }}
{{- end }}

{{- define "service.kafkaBrokers" -}}
{{ .Values.global.kafka.brokers | default (printf "%s-kafka-bootstrap:9093" .Values.global.kafka.cluster) }}
{{- end }}

{{/* Pods of this name, as a peer of a NetworkPolicy. */}}
{{- define "service.peer" -}}
podSelector: { matchLabels: { app.kubernetes.io/name: {{ . }} } }
{{- end }}
