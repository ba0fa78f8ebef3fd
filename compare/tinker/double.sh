#!/usr/bin/env bash
# Serves the Tinker API over a checkpoint on this machine, for trying: double.sh CHECKPOINT [PORT [sum|mean]]
# The model has the name that CHECKPOINT is written as. Set MVN for another Maven command.
set -euo pipefail
project=$(cd "$(dirname "$0")/../.." && pwd -P)
classpath=$(mktemp)
scratch=$(mktemp -d)
trap 'rm -rf "$classpath" "$scratch"' EXIT
(cd "$project" && ${MVN:-mvn -q} -pl trainer-service test-compile dependency:build-classpath \
  -Dmdep.outputFile="$classpath" -Dmdep.includeScope=test)
"${JAVA_HOME:+$JAVA_HOME/bin/}java" --enable-native-access=ALL-UNNAMED -Dai.djl.offline=true \
  -cp "$project/trainer-service/target/test-classes:$project/trainer-service/target/classes:$(cat "$classpath")" \
  dev.tribunal.trainer.tinker.TinkerDouble "$1" "$scratch" "${2:-8000}" "${3:-sum}"
