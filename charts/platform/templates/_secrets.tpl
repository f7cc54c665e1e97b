{{/* Bytes given in hex, whose number is a multiple of three, in base 64. */}}
{{- define "platform.base64" -}}
{{- $alphabet := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" -}}
{{- $hex := . -}}
{{- range $group := until (div (len $hex) 6 | int) -}}
{{- $bits := substr (mul $group 6 | int) (add (mul $group 6) 6 | int) $hex | printf "0x%s" | int64 -}}
{{- range list 262144 4096 64 1 -}}
{{- $at := mod (div $bits .) 64 | int -}}
{{- substr $at (add1 $at | int) $alphabet -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* What RabbitMQ keeps of a password: four bytes of salt, then the SHA-256 of both. The salt follows from the password, so that the same one gives the same. */}}
{{- define "platform.rabbitHash" -}}
{{- $salt := printf "rabbitmq:%s" . | sha256sum | trunc 4 -}}
{{- printf "%x%s" $salt (printf "%s%s" $salt . | sha256sum) | include "platform.base64" -}}
{{- end }}
