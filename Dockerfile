# syntax=docker/dockerfile:1
# The image of one service, whose module is the build argument; docker-compose.yml builds all four:
#   docker build --build-arg MODULE=gateway --tag tribunal/gateway .
# MODULE is gateway, trainer-service, judge-service or reward-service.
ARG MODULE

# One Maven run for all of them: the second image finds its layer.
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /project
COPY . .
RUN --mount=type=cache,target=/root/.m2,sharing=locked \
    mvn --batch-mode --quiet --projects gateway,trainer-service,judge-service,reward-service --also-make \
    package -DskipTests

# One folder a layer of the image, the one that changes least first.
FROM build AS layers
ARG MODULE
RUN cp "$MODULE/target/$MODULE"-*-exec.jar application.jar \
    && java -Djarmode=tools -jar application.jar extract --layers --destination layers

# What a service runs on. SERVER_PORT is Spring Boot's own variable; the check of its health reads it, too.
FROM eclipse-temurin:25-jre AS gateway-base
ENV SERVER_PORT=8080

FROM eclipse-temurin:25-jre AS trainer-service-base
ENV SERVER_PORT=8081

FROM eclipse-temurin:25-jdk AS judge-service-base
ENV SERVER_PORT=8082
# The code judge's sandbox and its interpreters: bubblewrap, Python, and the JDK above for its compiler. Where the
# container may not make namespaces the service runs without that judge (docs/judges.md, section "Code").
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap python3 util-linux \
    && rm --recursive --force /var/lib/apt/lists/*

FROM eclipse-temurin:25-jre AS reward-service-base
ENV SERVER_PORT=8083

FROM ${MODULE}-base
# A volume that is mounted over one of these folders takes its owner from it. The gateway has no use for them.
RUN groupadd --gid 10001 tribunal \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin tribunal \
    && install --directory --owner 10001 --group 10001 /tribunal/trainer /tribunal/reward-models /var/cache/tribunal
# Where the engine unpacks its native libraries.
ENV DJL_CACHE_DIR=/var/cache/tribunal
WORKDIR /application
COPY --from=layers /project/layers/dependencies/ ./
COPY --from=layers /project/layers/spring-boot-loader/ ./
COPY --from=layers /project/layers/snapshot-dependencies/ ./
COPY --from=layers /project/layers/application/ ./
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
EXPOSE ${SERVER_PORT}
# The base image brings bash, but no HTTP client to rely on.
HEALTHCHECK --interval=5s --timeout=3s --start-period=120s --retries=6 CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/$SERVER_PORT && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200'"]
# Further options of the JVM go into JAVA_TOOL_OPTIONS.
ENTRYPOINT ["java", "--enable-native-access=ALL-UNNAMED", "-XX:+ExitOnOutOfMemoryError", "-jar", "application.jar"]
