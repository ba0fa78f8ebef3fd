#!/usr/bin/env bash
# Builds the images of all services with Podman, and passes a short demo run through docker-compose.yml and through the
# manifests of k8s/overlays/local, with PostgreSQL. What it started it takes down again; the images stay.
#
#   containers/try.sh [images|compose|kubernetes]...      all three by default
#
# It needs Podman 4.3 or newer with its network (on Debian: podman netavark aardvark-dns catatonit), python3-venv, and
# root or what else Podman needs. Base images are pulled from REGISTRY; where that names none they are made of Debian's packages
# (base/Dockerfile) and bear the same names, for which mmdebstrap is needed. Where Podman may not raise the limits of a
# container, or control groups are in hybrid mode, runc is.
#
# It reads  MAVEN_REPOSITORY  what Maven has downloaded, for base images of packages; it is not written to (~/.m2/repository)
#           REGISTRY          host of the registry that has the official images; none by default
#           DEBIAN_MIRROR     where packages come from; Debian's own by default
#           STEPS             of the demo run (3)
#           KEEP_LOGS         a folder for the containers' logs
set -euo pipefail
cd "$(dirname "$0")/.."
project=$PWD
services=(gateway trainer-service judge-service reward-service)
prefix=tribunal-try # of all that is started
steps=${STEPS:-3}
repository=${MAVEN_REPOSITORY:-$HOME/.m2/repository}
work=$(mktemp -d)

say() { echo "[$(date +%T)] $*"; }
fail() {
  echo "try.sh: $*" >&2
  exit 1
}

# ---- the engine

command -v podman > /dev/null || fail "there is no podman; on Debian: apt-get install podman netavark aardvark-dns catatonit"
# Checks of health are otherwise run by systemd; here the script runs them.
[ -d /run/systemd/system ] || export DISABLE_HC_SYSTEMD=true
# crun, the runtime that Podman takes first, refuses control groups of both versions side by side; and Podman as root asks for
# more open files than this shell may have, which only the capability to raise limits grants.
if mountpoint --quiet /sys/fs/cgroup/unified || { [ "$(id -u)" = 0 ] && ! (ulimit -Hn 1048576) 2> /dev/null; }; then
  command -v runc > /dev/null || fail "runc is needed here; on Debian: apt-get install runc"
  export CONTAINERS_CONF=$work/containers.conf
  cat > "$CONTAINERS_CONF" << CONF
[engine]
runtime = "limited"
cgroup_manager = "cgroupfs"
[engine.runtimes]
limited = ["$project/containers/runtime.py"]
CONF
  say "containers run by runc, with no higher limits than this shell's"
fi
say "$(podman --version), control groups $(podman info --format '{{.Host.CgroupsVersion}}' 2> /dev/null || echo unknown)"
cgroups=$(podman info --format '{{join .Host.CgroupControllers " "}}' 2> /dev/null || true)
case " $cgroups " in
  *" memory "*) ;;
  *) say "there is no memory controller: the manifests' limits do not hold" ;;
esac

# ---- what was started, and is taken down again

logs() { # a container's, for whom it may concern
  [ -z "${KEEP_LOGS:-}" ] || { mkdir -p "$KEEP_LOGS" && podman logs "$1" > "$KEEP_LOGS/$2-$1.log" 2>&1 || true; }
}

started() { podman ps --all --filter "name=^$prefix" --format '{{.Names}}'; }

compose() { "$work/venv/bin/podman-compose" --in-pod=false -p "$prefix" "$@"; }

down() {
  local names name
  names=$(started)
  for name in $names; do logs "$name" "$1"; done
  # Stopped as Docker and the kubelet would: asked first. The trainer may need its time.
  for name in gateway trainer-service judge-service reward-service postgres; do
    name=$(grep -E "^$prefix[-_]$name" <<< "$names" || true)
    [ -z "$name" ] || podman stop --time 90 $name > /dev/null 2>&1 || true
  done
  podman pod ls --filter "name=^$prefix" --quiet | xargs --no-run-if-empty podman pod rm --force > /dev/null
  started | xargs --no-run-if-empty podman rm --force > /dev/null
  podman volume ls --filter "name=^$prefix" --quiet | xargs --no-run-if-empty podman volume rm --force > /dev/null
  podman network ls --filter "name=^$prefix" --quiet | xargs --no-run-if-empty podman network rm > /dev/null
}

part=
finish() {
  local code=$?
  [ -z "$part" ] || down "$part"
  rm -rf "$work"
  [ "$code" = 0 ] || say "FAILED${part:+ in $part}"
}
trap finish EXIT
trap 'exit 130' INT TERM

[ -z "$(started)" ] || fail "there are containers $prefix... already; another one tries, or: podman rm --force \$(podman ps -aq --filter name=^$prefix)"

# ---- images

build() { podman build --quiet --format docker --layers --network host "$@" > "$work/build.log" 2>&1 || {
  tail -n 40 "$work/build.log" >&2
  fail "an image was not built: $*"
}; }

base_images() {
  if [ -n "${REGISTRY:-}" ]; then
    local name
    for name in maven:3.9-eclipse-temurin-25 eclipse-temurin:25-jre eclipse-temurin:25-jdk postgres:18; do
      podman pull --quiet "$REGISTRY/library/$name" > /dev/null
      podman tag "$REGISTRY/library/$name" "localhost/$name"
    done
    return
  fi
  say "REGISTRY names none: base images are made of Debian's packages"
  if ! podman image exists localhost/tribunal-debian; then
    command -v mmdebstrap > /dev/null || fail "mmdebstrap is needed; on Debian: apt-get install mmdebstrap"
    # A mirror that is behind the archive is taken, too; signatures are checked all the same.
    mmdebstrap --quiet --variant=apt --aptopt='Acquire::Check-Valid-Until "false"' forky "$work/debian.tar" \
      ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"}
    podman import --quiet "$work/debian.tar" localhost/tribunal-debian > /dev/null 2>&1
    rm "$work/debian.tar"
  fi
  build --target jre --tag eclipse-temurin:25-jre containers/base
  build --target jdk --tag eclipse-temurin:25-jdk containers/base
  build --target maven --tag maven:3.9-eclipse-temurin-25 containers/base
  build --target postgres --tag postgres:18 containers/base
}

images() {
  local service version started=$SECONDS
  base_images
  mkdir -p "$repository"
  version=$(sed -n 's|.*image: tribunal/gateway:||p' docker-compose.yml)
  for service in "${services[@]}"; do
    build --build-arg "MODULE=$service" --volume "$repository:/repository:O" --tag "tribunal/$service:$version" .
    say "image tribunal/$service:$version, $(podman image inspect --format '{{.Size}}' "tribunal/$service:$version" \
      | awk '{printf "%.0f MB", $1 / 1e6}'), user $(podman image inspect --format '{{.User}}' "tribunal/$service:$version")"
  done
  say "images: $((SECONDS - started)) s"
}

# ---- a run

prepare() {
  [ -d "$work/venv" ] && return
  python3 -m venv "$work/venv"
  "$work/venv/bin/pip" install --quiet podman-compose pyyaml httpx
  TRIBUNAL_HTTP_TOKEN=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
  TRIBUNAL_SERVICE_TOKEN=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
  POSTGRES_PASSWORD=$(head -c 24 /dev/urandom | od -An -tx1 | tr -d ' \n')
  TRIBUNAL_PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  export TRIBUNAL_HTTP_TOKEN TRIBUNAL_SERVICE_TOKEN POSTGRES_PASSWORD TRIBUNAL_PORT
}

# Asks until the answer is yes, for the seconds that are given at most.
until_true() {
  local most=$((SECONDS + $1))
  shift
  until "$@" > /dev/null 2>&1; do
    [ "$SECONDS" -lt "$most" ] || return 1
    sleep 1
  done
}

demo() { # at an address
  sed "s/training: {steps: 40,/training: {steps: $steps,/" examples/demo.yaml > "$work/demo.yaml"
  PYTHONPATH=clients/python/src "$work/venv/bin/python" containers/demo.py "$1" "$work/demo.yaml" "$steps"
}

# ---- docker-compose.yml

try_compose() {
  prepare
  part=compose
  local service container
  # In the order that the file's conditions give, which older versions of Podman cannot wait for.
  for service in postgres judge-service reward-service trainer-service gateway; do
    compose up --detach --no-deps --no-build "$service" > "$work/compose.log" 2>&1 || {
      cat "$work/compose.log" >&2
      fail "podman-compose could not start $service"
    }
    container=$(started | grep "[_-]$service[_-]")
    until_true 120 podman healthcheck run "$container" || {
      podman logs --tail 40 "$container" >&2
      fail "$service is not healthy"
    }
    say "compose: $service is healthy, by the check of its image or of the file"
  done
  demo "http://127.0.0.1:$TRIBUNAL_PORT"
  down compose
  part=
  say "compose: taken down"
}

# ---- k8s/overlays/local

kustomize() { # a folder
  if command -v kubectl > /dev/null; then
    kubectl kustomize "$1"
  else
    podman image exists localhost/tribunal-kubectl || build --target kubectl --tag tribunal-kubectl containers/base
    podman run --rm --network none --volume "$project:$project:ro" tribunal-kubectl kustomize "$project/$1"
  fi
}

# A probe as the kubelet makes it: from outside the container, to the pod's address.
probe() { # kind name
  local name kind how asked address
  while IFS=$'\t' read -r name kind how asked; do
    [ "$name" = "$2" ] && [ "$kind" = "$1" ] || continue
    if [ "$how" = exec ]; then
      # shellcheck disable=SC2086 # several words
      podman exec "$prefix-$name-$name" $asked
    else
      address=$(podman pod inspect "$prefix-$name" --format '{{.InfraContainerID}}' \
        | xargs podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}')
      curl --fail --silent --show-error --max-time 5 "http://$address$asked"
    fi
    return
  done < "$work/pods/probes.tsv"
  return 1
}

try_kubernetes() {
  prepare
  part=kubernetes
  local overlay name kind address
  for overlay in base overlays/local overlays/scaled overlays/code; do
    kustomize "k8s/$overlay" > "$work/composed.yaml"
    say "kubernetes: k8s/$overlay is composed, $(grep -c '^kind:' "$work/composed.yaml") objects"
  done
  mkdir "$work/pods"
  kustomize k8s/overlays/local | "$work/venv/bin/python" containers/manifests.py "$work/pods" "$project/examples"
  podman network create "$prefix" > /dev/null
  for name in postgres judge-service reward-service trainer-service gateway; do
    # The alias is the name of the Service, for which Podman has nothing else.
    podman kube play --network "$prefix:alias=$name" "$work/pods/$name.yaml" > "$work/play.log" 2>&1 || {
      cat "$work/play.log" >&2
      fail "podman kube play of $name"
    }
    until_true 180 probe startupProbe "$name" || {
      podman logs --tail 40 "$prefix-$name-$name" >&2
      fail "$name has not started"
    }
    for kind in livenessProbe readinessProbe; do
      until_true 60 probe "$kind" "$name" || fail "$name: $kind"
    done
    say "kubernetes: $name has started, is alive and ready, memory limit $(podman exec "$prefix-$name-$name" \
      cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2> /dev/null | awk '{print $1 / 2^20 " MiB"}' | head -n 1)"
  done
  address=$(podman inspect --format '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' \
    "$(podman pod inspect "$prefix-gateway" --format '{{.InfraContainerID}}')")
  demo "http://$address:8080"
  down kubernetes
  part=
  say "kubernetes: taken down"
}

parts=("$@")
[ ${#parts[@]} -gt 0 ] || parts=(images compose kubernetes)
for wanted in "${parts[@]}"; do
  case $wanted in
    images) images ;;
    compose) try_compose ;;
    kubernetes) try_kubernetes ;;
    *) fail "unknown part $wanted; they are images, compose and kubernetes" ;;
  esac
done
say "passed: ${parts[*]}"
