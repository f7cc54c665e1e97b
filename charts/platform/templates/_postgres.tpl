{{- define "platform.hba" -}}
# Over the network by TLS and password only; database by database, each role enters what was granted to it.
hostssl all all      all scram-sha-256
# In the pod itself, whoever is the server's own user: `kubectl exec postgres-0 -- psql -U postgres`.
local   all postgres     peer
{{- end }}
