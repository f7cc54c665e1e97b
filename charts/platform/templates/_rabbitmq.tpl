{{/* Each user's password: its own Secret's, as its subchart made it. */}}
{{- define "platform.rabbitPasswords" -}}
{{- $passwords := dict "admin" (include "service.password" (list . "rabbitmq-admin" "password")) -}}
{{- range $name, $scope := .Subcharts -}}
{{- $made := include "service.credentials" $scope | fromJson -}}
{{- if hasKey $made "rabbitmq-password" }}{{ $_ := set $passwords (include "service.name" $scope) (get $made "rabbitmq-password") }}{{ end -}}
{{- end -}}
{{ toJson $passwords }}
{{- end }}

{{- define "platform.definitions" -}}
{{- $rights := (include "platform.access" . | fromJson).rabbitmq -}}
{{- $passwords := include "platform.rabbitPasswords" . | fromJson -}}
{{- $vhost := .Values.global.rabbitmq.vhost -}}
{{- $users := list -}}
{{- range $rights.users -}}
{{- $hash := get $passwords .name | required (printf "no password for %s on RabbitMQ: it needs `rabbitmq: true` and a Secret that the chart fills" .name) | include "platform.rabbitHash" -}}
{{- $users = append $users (dict "name" .name "tags" .tags "limits" dict "password_hash" $hash "hashing_algorithm" "rabbit_password_hashing_sha256") -}}
{{- end -}}
{{- $permissions := list }}{{ range $rights.permissions }}{{ $permissions = append $permissions (set . "vhost" $vhost) }}{{ end -}}
{{- $topics := list }}{{ range $rights.topic_permissions }}{{ $topics = append $topics (set . "vhost" $vhost) }}{{ end -}}
{{ dict "vhosts" (list (dict "name" $vhost)) "users" $users "permissions" $permissions "topic_permissions" $topics | toJson }}
{{- end }}

{{- define "platform.rabbitmqFiles" -}}
{{- $scope := index . 0 -}}
{{- $nodes := index . 1 -}}
enabled_plugins: |
  [rabbitmq_management,rabbitmq_prometheus].
rabbitmq.conf: |
  # TLS only.
  log.console = true
  listeners.tcp = none
  listeners.ssl.default = 5671
  ssl_options.cacertfile = /etc/tradewind/tls/ca.crt
  ssl_options.certfile = /etc/tradewind/tls/tls.crt
  ssl_options.keyfile = /etc/tradewind/tls/tls.key
  ssl_options.verify = verify_none
  ssl_options.fail_if_no_peer_cert = false
  management.ssl.port = 15671
  management.ssl.cacertfile = /etc/tradewind/tls/ca.crt
  management.ssl.certfile = /etc/tradewind/tls/tls.crt
  management.ssl.keyfile = /etc/tradewind/tls/tls.key
  load_definitions = /etc/tradewind/definitions.json
  vm_memory_high_watermark.absolute = {{ $scope.Values.rabbitmq.memoryHighWatermark }}
  disk_free_limit.absolute = 100MB
  # A node that is gone without a word is missed within this time.
  net_ticktime = 15
  {{- if gt (len $nodes) 1 }}
  cluster_partition_handling = pause_minority
  cluster_formation.peer_discovery_backend = classic_config
  {{- range $index, $node := $nodes }}
  cluster_formation.classic_config.nodes.{{ add1 $index }} = rabbit@{{ $node }}
  {{- end }}
  # A queue that was declared while nodes were missing grows to all of them.
  quorum_queue.continuous_membership_reconciliation.enabled = true
  quorum_queue.continuous_membership_reconciliation.auto_remove = false
  quorum_queue.continuous_membership_reconciliation.interval = 10000
  quorum_queue.continuous_membership_reconciliation.target_group_size = {{ len $nodes }}
  {{- end }}
start.sh: |
  set -eu
  # The cookie must belong to nobody but the server itself.
  rm -f /var/lib/rabbitmq/.erlang.cookie
  (umask 277; cat /etc/tradewind/cookie > /var/lib/rabbitmq/.erlang.cookie)
  first={{ first $nodes }}
  # New nodes wait until they can ask the first, so that there cannot be two clusters: not until it has begun, for a first node that is new
  # looks for all the others before.
  if [ "$POD_NAME" != rabbitmq-0 ] && [ ! -d "/var/lib/rabbitmq/mnesia/$RABBITMQ_NODENAME" ]; then
    trap 'exit 0' TERM # a first process ignores what it does not ask for
    until (exec 3<>"/dev/tcp/$first/25672") 2>/dev/null; do sleep 1; done
  fi
  exec docker-entrypoint.sh rabbitmq-server
{{- end }}
