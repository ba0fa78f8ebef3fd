package dev.tribunal.gateway.access;

import dev.tribunal.contracts.access.v1.Role;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * Which role may call which route: the one table. What it does not have is the admins' alone, and for everyone else not
 * there.
 */
final class Rules {

    private static final Set<Role> ANYONE = Set.of(Role.VIEWER, Role.OPERATOR, Role.JUDGE_OWNER, Role.ADMIN);
    private static final Set<Role> OPERATORS = Set.of(Role.OPERATOR, Role.ADMIN);
    private static final Set<Role> JUDGE_OWNERS = Set.of(Role.JUDGE_OWNER, Role.ADMIN);
    private static final Set<Role> WORKERS = Set.of(Role.OPERATOR, Role.JUDGE_OWNER, Role.ADMIN);
    private static final Set<Role> ADMINS = Set.of(Role.ADMIN);

    static final List<Rule> TABLE = List.of(
            // Oneself
            read("/v1/caller", ANYONE),
            // Runs and what belongs to them
            read("/v1/runs", ANYONE),
            change("POST", "/v1/runs", OPERATORS),
            read("/v1/runs/{id}", ANYONE),
            change("DELETE", "/v1/runs/{id}", OPERATORS),
            read("/v1/runs/{id}/spec", ANYONE),
            change("POST", "/v1/runs/{id}/pause", OPERATORS),
            change("POST", "/v1/runs/{id}/resume", OPERATORS),
            change("POST", "/v1/runs/{id}/cancel", OPERATORS),
            change("POST", "/v1/runs/{id}/forks", OPERATORS),
            read("/v1/runs/{id}/lineage", ANYONE),
            read("/v1/runs/{id}/differences/{other}", ANYONE),
            read("/v1/runs/{id}/events", ANYONE),
            read("/v1/runs/{id}/metrics/columns", ANYONE),
            read("/v1/runs/{id}/judges", ANYONE),
            read("/v1/runs/{id}/histograms", ANYONE),
            read("/v1/runs/{id}/checkpoints", ANYONE),
            read("/v1/runs/{id}/checkpoints/{step}/files", ANYONE),
            read("/v1/runs/{id}/checkpoints/{step}/files/{file}/**", ANYONE),
            read("/v1/runs/{id}/episodes", ANYONE),
            read("/v1/runs/{id}/episodes/{episode}/tokens", ANYONE),
            change("PUT", "/v1/runs/{id}/episodes/{episode}/label", OPERATORS),
            change("DELETE", "/v1/runs/{id}/episodes/{episode}/label", OPERATORS),
            read("/v1/runs/{id}/labels", ANYONE),
            read("/v1/runs/{id}/labels/agreement", ANYONE),
            read("/v1/runs/{id}/rejudgements", ANYONE),
            change("POST", "/v1/runs/{id}/rejudgements", OPERATORS),
            read("/v1/runs/{id}/rejudgements/{rejudgement}", ANYONE),
            change("DELETE", "/v1/runs/{id}/rejudgements/{rejudgement}", OPERATORS),
            read("/v1/runs/{id}/rejudgements/{rejudgement}/samples", ANYONE),
            change("POST", "/v1/runs/{id}/rejudgements/{rejudgement}/cancel", OPERATORS),
            read("/v1/comparisons", ANYONE),
            change("POST", "/v1/comparisons", OPERATORS),
            read("/v1/comparisons/{name}", ANYONE),
            change("POST", "/v1/comparisons/{name}/cancel", OPERATORS),
            read("/v1/generations", ANYONE),
            change("POST", "/v1/generations", OPERATORS),
            read("/v1/generations/{id}", ANYONE),
            change("DELETE", "/v1/generations/{id}", OPERATORS),
            read("/v1/generations/{id}/answers", ANYONE),
            change("POST", "/v1/generations/{id}/cancel", OPERATORS),
            // What there is, whoever asks
            read("/v1/metrics", ANYONE),
            read("/v1/methods", ANYONE),
            ask("/v1/methods/{name}/trials", ANYONE),
            read("/v1/judge-templates", ANYONE),
            // Judges
            read("/v1/judges", ANYONE),
            change("POST", "/v1/judges", JUDGE_OWNERS),
            read("/v1/judges/{name}/versions/{version}", ANYONE),
            change("DELETE", "/v1/judges/{name}/versions/{version}", JUDGE_OWNERS),
            read("/v1/judges/{name}/versions/{version}/log", ANYONE),
            change("POST", "/v1/judges/{name}/versions/{version}/probe", JUDGE_OWNERS),
            change("POST", "/v1/judges/{name}/versions/{version}/drain", JUDGE_OWNERS),
            change("POST", "/v1/judges/{name}/versions/{version}/retire", JUDGE_OWNERS),
            ask("/v1/judges/{name}/versions/{version}/evaluate", WORKERS),
            ask("/v1/judges/{name}/versions/{version}/stress", WORKERS),
            ask("/v1/judges/{name}/versions/{version}/check", WORKERS),
            ask("/v1/judgements", WORKERS),
            read("/v1/judgements/pending", ANYONE),
            // Reward models
            read("/v1/reward-models", ANYONE),
            change("POST", "/v1/reward-models", JUDGE_OWNERS),
            read("/v1/reward-models/{name}/versions/{version}", ANYONE),
            ask("/v1/reward-models/{name}/versions/{version}/score", WORKERS),
            read("/v1/reward-models/{name}/versions/{version}/evaluations", ANYONE),
            change("POST", "/v1/reward-models/{name}/versions/{version}/evaluations", JUDGE_OWNERS),
            read("/v1/reward-models/{name}/versions/{version}/evaluations/{id}", ANYONE),
            // Who may do all that
            read("/v1/tokens", ADMINS),
            change("POST", "/v1/tokens", ADMINS),
            read("/v1/tokens/{name}", ADMINS),
            change("POST", "/v1/tokens/{name}/rotate", ADMINS),
            change("DELETE", "/v1/tokens/{name}", ADMINS),
            read("/v1/audit", ADMINS),
            // The gateway's own measurements, for Prometheus
            read("/metrics", ANYONE));

    private Rules() {}

    /**
     * @param changes whether it is written down who did it
     */
    record Rule(String method, PathPattern path, Set<Role> roles, boolean changes) {

        private boolean matches(String asked, PathContainer of) {
            return method.equals(asked) && path.matches(of);
        }
    }

    /** @param path as it was sent */
    static Optional<Rule> of(String method, String path) {
        PathContainer of = PathContainer.parsePath(path);
        String asked = method.equals("HEAD") ? "GET" : method;
        return TABLE.stream().filter(rule -> rule.matches(asked, of)).findFirst();
    }

    private static Rule read(String path, Set<Role> roles) {
        return rule("GET", path, roles, false);
    }

    private static Rule change(String method, String path, Set<Role> roles) {
        return rule(method, path, roles, true);
    }

    /** Has something computed, and leaves nothing behind. */
    private static Rule ask(String path, Set<Role> roles) {
        return rule("POST", path, roles, false);
    }

    private static Rule rule(String method, String path, Set<Role> roles, boolean changes) {
        return new Rule(method, PathPatternParser.defaultInstance.parse(path), roles, changes);
    }
}
