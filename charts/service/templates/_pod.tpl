{{/* What every pod of ours has: nobody's rights but its own. */}}
{{- define "service.podSecurity" -}}
serviceAccountName: {{ include "service.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 1000
  runAsGroup: 1000
  fsGroup: 1000
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.global.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "service.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: {{ not .Values.development }}
  capabilities: { drop: [ALL] }
{{- end }}

{{- define "service.tolerations" -}}
{{- range list "not-ready" "unreachable" }}
- { key: node.kubernetes.io/{{ . }}, operator: Exists, effect: NoExecute, tolerationSeconds: {{ $.Values.evictAfterSeconds }} }
{{- end }}
{{- end }}

{{/* Files of authorities, by the server whose certificate each vouches for. */}}
{{- define "service.authorities" -}}
{{- $found := dict -}}
{{- if .Values.databases }}{{ with .Values.global.postgres.caSecret }}{{ $_ := set $found "postgres" . }}{{ end }}{{ end -}}
{{- if .Values.rabbitmq }}{{ with .Values.global.rabbitmq.caSecret }}{{ $_ := set $found "rabbitmq" . }}{{ end }}{{ end -}}
{{- if .Values.kafka }}{{ $_ := set $found "kafka" (include "service.kafkaCa" .) }}{{ end -}}
{{ toJson $found }}
{{- end }}

{{- define "service.volumes" -}}
{{- $authorities := include "service.authorities" . | fromJson -}}
{{- if or $authorities .Values.files -}}
volumes:
  - name: tradewind
    projected:
      defaultMode: 0440
      sources:
        {{- range $server, $secret := $authorities }}
        - secret: { name: {{ $secret }}, items: [{ key: ca.crt, path: ca/{{ $server }}.crt }] }
        {{- end }}
        {{- range $path, $from := .Values.files }}
        - secret: { name: {{ $from.secret }}, items: [{ key: {{ $from.key }}, path: {{ $path }} }] }
        {{- end }}
{{- end }}
{{- end }}

{{- define "service.volumeMounts" -}}
{{- if or (include "service.authorities" . | fromJson) .Values.files -}}
volumeMounts:
  - { name: tradewind, mountPath: /etc/tradewind, readOnly: true }
{{- end }}
{{- end }}

{{/* Longer than everything that a stop may take. */}}
{{- define "service.graceSeconds" -}}
{{ add .Values.drain.preStopSeconds (div (add .Values.drain.drainMs .Values.drain.stopWithinMs 999) 1000) 5 }}
{{- end }}
