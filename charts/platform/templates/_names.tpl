{{- define "platform.selector" -}}
app.kubernetes.io/name: {{ index . 1 }}
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: server
{{- end }}

{{- define "platform.labels" -}}
{{- $scope := index . 0 -}}
{{ include "platform.selector" . }}
app.kubernetes.io/part-of: tradewind
app.kubernetes.io/managed-by: {{ $scope.Release.Service }}
app.kubernetes.io/version: {{ $scope.Chart.AppVersion | quote }}
helm.sh/chart: platform-{{ $scope.Chart.Version }}
{{- end }}

{{/* Who may do what; `make docs` writes it. */}}
{{- define "platform.access" -}}
{{ .Files.Get "files/access.json" }}
{{- end }}

{{/* Peers of a NetworkPolicy: all that use a server, as its values say. */}}
{{- define "platform.users" -}}
{{- $server := index . 1 -}}
{{- range $name, $scope := (index . 0).Subcharts }}
{{- if get $scope.Values $server }}
- podSelector: { matchLabels: { app.kubernetes.io/name: {{ include "service.name" $scope }} } }
{{- end }}
{{- end }}
{{- end }}

{{- define "platform.fromMonitoring" -}}
- namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ .Values.global.monitoring.namespace }} } }
  podSelector: { matchLabels: { app.kubernetes.io/name: prometheus } }
{{- end }}

{{- define "platform.toDns" -}}
- to:
    - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }
      podSelector: { matchLabels: { k8s-app: kube-dns } }
  ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
{{- end }}

{{/* The images of servers run as this user, and none has anything to do with Kubernetes. */}}
{{- define "platform.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 999
  runAsGroup: 999
  fsGroup: 999
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "platform.claim" -}}
- metadata: { name: data }
  spec:
    accessModes: [ReadWriteOnce]
    {{- with .className }}
    storageClassName: {{ . }}
    {{- end }}
    resources: { requests: { storage: {{ .size }} } }
{{- end }}

{{/* Nodes that do not share a machine, where there are several. */}}
{{- define "platform.spread" -}}
- topologyKey: kubernetes.io/hostname
  maxSkew: 1
  whenUnsatisfiable: DoNotSchedule
  labelSelector:
    matchLabels: {{- . | nindent 6 }}
{{- end }}

{{- define "platform.kafkaKeep" -}}
{{- if .Values.kafka.keep -}}
annotations:
  helm.sh/resource-policy: keep
{{- end }}
{{- end }}

{{/* Services whose metrics are taken, and RabbitMQ, as a regular expression. */}}
{{- define "platform.scraped" -}}
{{- $names := list -}}
{{- range $name, $scope := .Subcharts }}{{ if and (eq $scope.Values.workload "Deployment") $scope.Values.monitor.enabled (gt (int $scope.Values.replicas) 0) }}{{ $names = append $names (include "service.name" $scope) }}{{ end }}{{ end -}}
{{- if .Values.rabbitmq.enabled }}{{ $names = append $names "rabbitmq" }}{{ end -}}
{{ join "|" $names }}
{{- end }}
