# Every target does its own set-up. `make` alone prints this list.
SHELL := /bin/sh
.DEFAULT_GOAL := help
NODE := node_modules/.bin/node
# Collect young garbage sooner: a hundred megabytes less, at no measured cost.
SMALL := --max-semi-space-size=6
export SEED SEEDS FROM ORDER TRACE THREADS MUTANTS ORDERS PORT DATA ONCE ROUNDS TOPOLOGY ONLY PROJECT KAFKA_CLIENT
# Of a cluster: its name for kind, the images' tag, a file of values for the chart.
CLUSTER ?= tradewind
TAG ?= dev
KUBE_CONTEXT = kind-$(CLUSTER)
IMAGES := gateway orders customers inventory payments notifications order-history platform
STRIMZI := 1.2.0
PROMETHEUS_STACK := 78.5.0
CHART ?= charts/platform
export CLUSTER CONTEXT NAMESPACE
export DOCKER_BUILDKIT := 1
export LOAD E2E_KEEP E2E_SHORT E2E_LOGS KAFKA_PORT RABBITMQ_PORT RABBITMQ_MANAGEMENT_PORT POSTGRES_PORT

.PHONY: help demo start up down cluster addons images sbom install up-compose down-compose demo-crash e2e e2e-soak e2e-rate simulate test test-brokers lint docs schemas bench clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: ## play 2,000 orders through the whole platform, check the ledger, leave the console up (ONCE=1 ORDERS=n SEED=n DATA=folder PORT=n TOPOLOGY=embedded|compose|kind)
	@./scripts/install production
	@$(NODE) $(SMALL) platform/demo/main.ts

start: ## start the platform without the generator (DATA=folder PORT=n)
	@./scripts/install production
	@$(NODE) $(SMALL) platform/embedded/main.ts

up: cluster addons images install ## all of it on Kubernetes: a kind cluster, what it needs, images, the platform (needs Docker, kind, kubectl, helm; CLUSTER=name)
	@printf '%s\n' 'The platform is up. In another terminal:' \
	  '  kubectl --context $(KUBE_CONTEXT) --namespace tradewind port-forward service/gateway 8080   # then http://127.0.0.1:8080/console' \
	  '  kubectl --context $(KUBE_CONTEXT) --namespace monitoring port-forward service/prometheus-operated 9090' \
	  '  kubectl --context $(KUBE_CONTEXT) --namespace monitoring port-forward service/kube-prometheus-stack-grafana 3000:80' \
	  '  npx tradewind --topology kind status' '  make demo TOPOLOGY=kind'

down: ## remove that cluster, with all that is in it (CLUSTER=name)
	kind delete cluster --name $(CLUSTER)

cluster: ## one control plane and three workers by kind; nothing where it is there already (CLUSTER=name)
	@kind get clusters 2>/dev/null | grep -qx $(CLUSTER) || kind create cluster --name $(CLUSTER) --config kind-config.yaml

addons: ## what a cluster of yours may have: Strimzi's operator, the Prometheus operator, Grafana
	helm --kube-context $(KUBE_CONTEXT) upgrade --install strimzi-cluster-operator oci://quay.io/strimzi-helm/strimzi-kafka-operator --version $(STRIMZI) \
	  --namespace strimzi --create-namespace --set watchAnyNamespace=true --set generateNetworkPolicy=false --wait --timeout 10m
	helm --kube-context $(KUBE_CONTEXT) upgrade --install kube-prometheus-stack kube-prometheus-stack --repo https://prometheus-community.github.io/helm-charts \
	  --version $(PROMETHEUS_STACK) --namespace monitoring --create-namespace --values platform/kubernetes/addons/kube-prometheus-stack.yaml --wait --timeout 10m

images: ## an image of each service, and one of command line, console and generator (needs Docker; TAG=dev)
	@set -e; for each in $(IMAGES); do \
	  folder=services/$$each; [ -d $$folder ] || folder=$$each; \
	  echo "tradewind/$$each:$(TAG)"; docker build --quiet --tag tradewind/$$each:$(TAG) --file $$folder/Dockerfile . >/dev/null; \
	done

sbom: ## what is in each image, as CycloneDX, in .sbom/ (TAG=dev)
	@./scripts/install production
	@$(NODE) platform/kubernetes/images/sbom.ts $(TAG) $(IMAGES)

install: ## the platform into the cluster, by its chart; kind's nodes are given the images first, unless LOAD_IMAGES=0 (VALUES=file TAG=dev)
	@[ "$(LOAD_IMAGES)" = 0 ] || { workers=$$(kind get nodes --name $(CLUSTER) | grep -v control-plane | paste -s -d , -); \
	  kind load docker-image --name $(CLUSTER) $${workers:+--nodes "$$workers"} $(IMAGES:%=tradewind/%:$(TAG)); }
	@kubectl --context $(KUBE_CONTEXT) apply --filename platform/kubernetes/namespace.yaml
	@helm dependency build $(CHART) >/dev/null
	helm --kube-context $(KUBE_CONTEXT) upgrade --install tradewind $(CHART) --namespace tradewind --create-namespace --wait --timeout 10m \
	  $(if $(filter-out dev,$(TAG)),--set global.image.tag=$(TAG)) $(if $(VALUES),--values $(VALUES))

up-compose: ## Kafka, RabbitMQ, PostgreSQL in containers, each service a process: docs/compose.md (needs Docker; DATA=folder PORT=n PROJECT=name)
	@./scripts/install production
	@$(NODE) $(SMALL) platform/compose/main.ts

down-compose: ## remove those containers and their data (PROJECT=name)
	@./scripts/install production
	@$(NODE) $(SMALL) platform/compose/down.ts

demo-crash: ## kill -9 the platform at random moments of the load and check the ledger (ROUNDS=n SEED=n PORT=n DATA=folder)
	@./scripts/install production
	@$(NODE) $(SMALL) platform/demo/crash/main.ts

simulate: ## all services on virtual time, crashed by seed: docs/simulation.md (SEEDS=n, SEED=n replays one, MUTANTS=1, COVERAGE=1)
	@./scripts/install $(if $(COVERAGE),complete,production)
	@$(if $(COVERAGE),node_modules/.bin/c8) $(NODE) platform/simulation/main.ts

test: ## everything that needs no container
	@./scripts/install complete
	@npm test --silent

test-brokers: ## the adapters against real servers, in containers that it starts and removes (needs Docker; ONLY=path)
	@./scripts/install complete
	@npm run --silent test:brokers -- $(ONLY)

e2e: ## strike each server and service, and all at once, under load, and ask the ledger: docs/e2e.md (needs Docker, or TOPOLOGY=kind and `make up VALUES=charts/platform/values-failures.yaml`; ONLY=kafka-killed LOAD=n E2E_SHORT=1 E2E_KEEP=1)
	@./scripts/install complete
	@npm run --silent test:$(if $(filter kind,$(TOPOLOGY)),kind,e2e)

e2e-soak: ## faults at random, one after another (needs Docker; FAULTS=n SEED=n LOAD=n)
	@./scripts/install complete
	@ONLY=random-faults FAULTS=$(or $(FAULTS),200) npm run --silent test:e2e

e2e-rate: ## the highest steady rate of orders that a topology keeps up with (TOPOLOGY=compose|kind; LOAD=n where to begin)
	@./scripts/install complete
	@$(NODE) $(if $(filter kind,$(TOPOLOGY)),e2e/kind/rate.ts,e2e/rate.ts)

lint: ## types, eslint, arrows, dead code, stale documents
	@./scripts/install complete
	@npm run --silent lint

docs: ## write the generated documents (schemas, AsyncAPI, errors, features, configuration, what the charts know of services, their READMEs)
	@./scripts/install complete
	@$(NODE) platform/docs/generate.ts
	@./scripts/chart-readmes

schemas: ## write JSON schemas of the kinds that the charts make, as the running cluster has them, into k8s/schemas (CLUSTER=name)
	@./scripts/install production
	@KUBE_CONTEXT=$(KUBE_CONTEXT) $(NODE) platform/kubernetes/schemas/main.ts

bench: ## measure against peers (ONLY=name; `brokers` needs Docker); writes bench/results and docs/benchmarks.md
	@./scripts/install production
	@cd bench && npm ci --no-audit --no-fund --loglevel=error >/dev/null && ../$(NODE) run.ts

clean: ## remove installed packages and the demo's data (after down-compose: the containers' passwords are there)
	rm -rf node_modules bench/node_modules .tradewind .sbom
