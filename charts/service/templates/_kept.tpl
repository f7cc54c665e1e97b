{{/*
What is made by chance and kept from then on: what is in the cluster already, or something new. Made once a rendering, for all its charts,
so that whoever reads a Secret knows what whoever makes it puts in; `.Release` is the one thing that they share.
*/}}
{{- define "service.begin" -}}
{{- if not (hasKey .Release "kept") }}{{ $_ := set .Release "kept" dict }}{{ end -}}
{{- end }}

{{/* A password, by its Secret and key. */}}
{{- define "service.password" -}}
{{- $scope := index . 0 -}}
{{- include "service.begin" $scope -}}
{{- $kept := $scope.Release.kept -}}
{{- $place := printf "%s/%s" (index . 1) (index . 2) -}}
{{- if not (hasKey $kept $place) -}}
{{- $_ := set $kept $place (dig "data" (index . 2) "" (lookup "v1" "Secret" $scope.Release.Namespace (index . 1) | default dict) | b64dec | default (randAlphaNum 32)) -}}
{{- end -}}
{{ get $kept $place }}
{{- end }}

{{/* Key and certificate of the authority of the platform's own servers, as JSON. */}}
{{- define "service.authority" -}}
{{- include "service.begin" . -}}
{{- $kept := .Release.kept -}}
{{- if not (hasKey $kept "authority") -}}
{{- $there := dig "data" dict (lookup "v1" "Secret" .Release.Namespace "servers-authority" | default dict) -}}
{{- if hasKey $there "tls.crt" -}}
{{- $_ := set $kept "authority" (dict "tls.crt" (get $there "tls.crt" | b64dec) "tls.key" (get $there "tls.key" | b64dec)) -}}
{{- else -}}
{{- $made := genCA "Tradewind servers" (int .Values.global.authorityDays) -}}
{{- $_ := set $kept "authority" (dict "tls.crt" $made.Cert "tls.key" $made.Key) -}}
{{- end -}}
{{- end -}}
{{ toJson $kept.authority }}
{{- end }}

{{/* The key that signs tokens of the platform's own issuer. */}}
{{- define "service.identity" -}}
{{- include "service.begin" . -}}
{{- $kept := .Release.kept -}}
{{- if not (hasKey $kept "identity") -}}
{{- $_ := set $kept "identity" (dig "data" "private.pem" "" (lookup "v1" "Secret" .Release.Namespace "identity" | default dict) | b64dec | default (genPrivateKey "ed25519")) -}}
{{- end -}}
{{ $kept.identity }}
{{- end }}

{{/* What a Secret has under a key: what a chart of ours puts there, or what somebody else has. */}}
{{- define "service.content" -}}
{{- $scope := index . 0 -}}
{{- $there := lookup "v1" "Secret" $scope.Release.Namespace (index . 1) | default dict -}}
{{- $ours := or (not $there) (eq (dig "metadata" "labels" "app.kubernetes.io/part-of" "" $there) "tradewind") -}}
{{- if and $ours (eq (index . 1) "servers-ca") -}}
{{ get (include "service.authority" $scope | fromJson) "tls.crt" }}
{{- else if and $ours (eq (index . 1) "identity") -}}
{{ include "service.identity" $scope }}
{{- else -}}
{{ dig "data" (index . 2) "" $there }}
{{- end -}}
{{- end }}
