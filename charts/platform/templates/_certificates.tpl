{{/* Names that a server is reached by, as JSON. */}}
{{- define "platform.hosts" -}}
{{- $scope := index . 0 -}}
{{- $name := index . 1 -}}
{{- $namespace := $scope.Release.Namespace -}}
{{- $nodes := printf "*.%s-nodes.%s.svc.%s" $name $namespace $scope.Values.global.clusterDomain -}}
{{ list $name (printf "%s.%s" $name $namespace) (printf "%s.%s.svc" $name $namespace) (printf "%s.%s.svc.%s" $name $namespace $scope.Values.global.clusterDomain) $nodes "localhost" | toJson }}
{{- end }}

{{/*
A server's Secret, as JSON: `data` as text, and `annotations` with what it was made for. The one in the cluster is kept until
its names change, the authority does, or it is old; so that pods are rolled when there is a reason.
*/}}
{{- define "platform.certificate" -}}
{{- $scope := index . 0 -}}
{{- $name := index . 1 -}}
{{- $memo := printf "madeFor-%s" $name -}}
{{- if not (hasKey $scope.Values $memo) -}}
{{- $authority := include "service.authority" $scope | fromJson -}}
{{- $hosts := include "platform.hosts" . -}}
{{- $wanted := dict "tradewind/hosts" (sha256sum $hosts) "tradewind/authority" (sha256sum (get $authority "tls.crt")) -}}
{{- $secret := lookup "v1" "Secret" $scope.Release.Namespace (printf "%s-tls" $name) | default dict -}}
{{- $notes := dig "metadata" "annotations" dict $secret -}}
{{- $good := and (eq (get $notes "tradewind/hosts") (get $wanted "tradewind/hosts")) (eq (get $notes "tradewind/authority") (get $wanted "tradewind/authority")) (gt (get $notes "tradewind/renew-after" | int64) (now | unixEpoch | int64)) -}}
{{- if $good -}}
{{- $data := dict -}}
{{- range $file, $text := $secret.data }}{{ $_ := set $data $file ($text | b64dec) }}{{ end -}}
{{- $_ := set $wanted "tradewind/renew-after" (get $notes "tradewind/renew-after") -}}
{{- $_ := set $scope.Values $memo (dict "data" $data "annotations" $wanted) -}}
{{- else -}}
{{- $ca := buildCustomCert (get $authority "tls.crt" | b64enc) (get $authority "tls.key" | b64enc) -}}
{{- $made := genSignedCert $name (list "127.0.0.1") (fromJsonArray $hosts) (int $scope.Values.certificates.serverDays) $ca -}}
{{- $_ := set $wanted "tradewind/renew-after" (add (now | unixEpoch | int64) (mul $scope.Values.certificates.renewAfterDays 86400) | toString) -}}
{{- $_ := set $scope.Values $memo (dict "data" (dict "tls.crt" $made.Cert "tls.key" $made.Key "ca.crt" (get $authority "tls.crt")) "annotations" $wanted) -}}
{{- end -}}
{{- end -}}
{{ get $scope.Values $memo | toJson }}
{{- end }}

{{- define "platform.certificateSecret" -}}
{{- $made := include "platform.certificate" . | fromJson -}}
apiVersion: v1
kind: Secret
metadata:
  name: {{ index . 1 }}-tls
  labels: {{- include "platform.labels" . | nindent 4 }}
  annotations: {{- toYaml $made.annotations | nindent 4 }}
type: kubernetes.io/tls
stringData: {{- toYaml $made.data | nindent 2 }}
{{- end }}
