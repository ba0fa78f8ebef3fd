package dev.tribunal.local.export;

import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.local.export.RunTable.Value;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A run of an MLflow server, over its REST API (2.0). It is found by a tag with the run's id, so that a second export goes
 * on with it: what it has already is sent again and changes nothing.
 */
public final class MlflowExport {

    /** What one {@code log-batch} may hold. */
    private static final int METRICS = 1000;

    private static final int PARAMETERS = 100;
    private static final int LONGEST_PARAMETER = 500;
    private static final int OK = 200;
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final String TAG = "tribunal.run";
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();
    private final URI server;
    private final @Nullable String authorization;

    /**
     * @param server its address
     * @param environment with {@code MLFLOW_TRACKING_TOKEN}, or {@code MLFLOW_TRACKING_USERNAME} and
     *     {@code MLFLOW_TRACKING_PASSWORD}, as MLflow's own clients take them
     */
    public MlflowExport(URI server, Map<String, String> environment) {
        this.server = server;
        this.authorization = authorization(environment);
    }

    private static @Nullable String authorization(Map<String, String> environment) {
        String token = environment.get("MLFLOW_TRACKING_TOKEN");
        if (token != null) {
            return "Bearer " + token;
        }
        String user = environment.get("MLFLOW_TRACKING_USERNAME");
        String password = environment.get("MLFLOW_TRACKING_PASSWORD");
        return user == null || password == null
                ? null
                : "Basic "
                        + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    /** The server does not do what it is asked for. */
    public static final class RefusedException extends RuntimeException {
        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * @param experiment is created if it is not there
     * @return the id of MLflow's run
     * @throws RefusedException if the server refuses, or is not there
     */
    public String write(RunTable table, RunSpec spec, String experiment) throws InterruptedException {
        String experimentId = experiment(experiment);
        String run = run(table, experimentId);
        post("runs/log-batch", Map.of("run_id", run, "params", parameters(spec)));
        Map<Integer, Instant> times = table.times();
        List<Map<String, Object>> metrics = new ArrayList<>();
        for (List<Value> values : table.steps().values()) {
            for (Value value : values) {
                metrics.add(Map.of(
                        "key", key(value.path()),
                        "value", value.value(),
                        "timestamp",
                                Objects.requireNonNull(times.get(value.step())).toEpochMilli(),
                        "step", value.step()));
            }
        }
        for (int from = 0; from < metrics.size(); from += METRICS) {
            post(
                    "runs/log-batch",
                    Map.of("run_id", run, "metrics", metrics.subList(from, Math.min(metrics.size(), from + METRICS))));
        }
        end(table, run);
        return run;
    }

    private String experiment(String name) throws InterruptedException {
        HttpResponse<String> known = send(
                HttpRequest.newBuilder(at(
                        "experiments/get-by-name?experiment_name=" + URLEncoder.encode(name, StandardCharsets.UTF_8))),
                "experiments/get-by-name");
        if (known.statusCode() == OK) {
            return read(known, "experiments/get-by-name")
                    .at("/experiment/experiment_id")
                    .asString();
        }
        if (known.statusCode() != 404) {
            throw refused("experiments/get-by-name", known);
        }
        return post("experiments/create", Map.of("name", name))
                .path("experiment_id")
                .asString();
    }

    private String run(RunTable table, String experimentId) throws InterruptedException {
        String id = table.run().id();
        JsonNode found = post(
                        "runs/search",
                        Map.of(
                                "experiment_ids",
                                List.of(experimentId),
                                "filter",
                                "tags.`" + TAG + "` = '" + id + "'",
                                "max_results",
                                1))
                .at("/runs/0/info/run_id");
        if (found.isString()) {
            return found.asString();
        }
        List<Map<String, String>> tags = new ArrayList<>(List.of(Map.of("key", TAG, "value", id)));
        table.run().labels().forEach((key, value) -> tags.add(Map.of("key", key(key), "value", value)));
        return post(
                        "runs/create",
                        Map.of(
                                "experiment_id",
                                experimentId,
                                "run_name",
                                table.run().name(),
                                "start_time",
                                Objects.requireNonNullElse(
                                                table.run().startedAt(),
                                                table.run().createdAt())
                                        .toEpochMilli(),
                                "tags",
                                tags))
                .at("/run/info/run_id")
                .asString();
    }

    private void end(RunTable table, String run) throws InterruptedException {
        Map<String, Object> update = new LinkedHashMap<>();
        update.put("run_id", run);
        update.put(
                "status",
                switch (table.run().state()) {
                    case SUCCEEDED -> "FINISHED";
                    case FAILED -> "FAILED";
                    case CANCELLED -> "KILLED";
                    case VALIDATING, QUEUED, RUNNING, PAUSING, PAUSED, CANCELLING -> "RUNNING";
                });
        Instant finished = table.run().finishedAt();
        if (finished != null) {
            update.put("end_time", finished.toEpochMilli());
        }
        post("runs/update", update);
    }

    /** The spec's fields that hold one value, as {@code policy.maxNewTokens}; the first of them, if they are many. */
    private static List<Map<String, String>> parameters(RunSpec spec) {
        List<Map<String, String>> parameters = new ArrayList<>();
        flatten("", JSON.valueToTree(spec), parameters);
        return parameters.subList(0, Math.min(PARAMETERS, parameters.size()));
    }

    private static void flatten(String at, JsonNode node, List<Map<String, String>> into) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field ->
                            flatten(at.isEmpty() ? field.getKey() : at + "." + field.getKey(), field.getValue(), into));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                flatten(at + "." + i, node.get(i), into);
            }
        } else if (!node.isNull()) {
            String value = node.asString();
            into.add(Map.of("key", key(at), "value", value.substring(0, Math.min(LONGEST_PARAMETER, value.length()))));
        }
    }

    /** MLflow's keys hold letters, digits, underscores, dashes, dots, blanks and slashes. */
    private static String key(String name) {
        return name.replaceAll("[^A-Za-z0-9_\\-. /]", "_");
    }

    private URI at(String operation) {
        return URI.create(server.toString().replaceAll("/+$", "") + "/api/2.0/mlflow/" + operation);
    }

    private JsonNode post(String operation, Map<String, Object> body) throws InterruptedException {
        HttpResponse<String> answer = send(
                HttpRequest.newBuilder(at(operation))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))),
                operation);
        if (answer.statusCode() != OK) {
            throw refused(operation, answer);
        }
        return read(answer, operation);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String operation) throws InterruptedException {
        request.timeout(ANSWER);
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new RefusedException("The MLflow server at " + server + " does not answer " + operation + " ("
                    + Objects.requireNonNullElse(e.getMessage(), e.getClass().getSimpleName())
                    + "); see that it runs, and that --server is its address.");
        }
    }

    private JsonNode read(HttpResponse<String> answer, String operation) {
        try {
            return JSON.readTree(answer.body());
        } catch (JacksonException e) {
            throw new RefusedException(
                    server + " answers " + operation + " with something that is not JSON; is it an MLflow server?");
        }
    }

    private RefusedException refused(String operation, HttpResponse<String> answer) {
        String said;
        try {
            said = JSON.readTree(answer.body()).path("message").asString("");
        } catch (JacksonException e) {
            said = "";
        }
        return new RefusedException("The MLflow server at " + server + " answers " + operation + " with "
                + answer.statusCode() + (said.isEmpty() ? "" : ": " + said)
                + (answer.statusCode() == 401 || answer.statusCode() == 403
                        ? "; set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
                        : ""));
    }
}
