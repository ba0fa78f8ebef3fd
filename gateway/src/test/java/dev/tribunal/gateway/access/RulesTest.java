package dev.tribunal.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.access.v1.Role;
import dev.tribunal.gateway.access.Rules.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.http.server.PathContainer;

class RulesTest {

    /** In the table and not in the document: files as they are, and what is for Prometheus. */
    private static final Set<String> BESIDE =
            Set.of("GET /v1/runs/{id}/checkpoints/{step}/files/{file}/**", "GET /metrics");

    @Test
    void everyRouteOfTheDocumentHasItsRuleAndEveryRuleItsRoute() {
        Set<String> described = OpenApiRoutes.all();
        Set<String> ruled = Rules.TABLE.stream().map(RulesTest::route).collect(Collectors.toCollection(TreeSet::new));

        assertThat(described).hasSizeGreaterThan(60);
        assertThat(ruled).containsAll(described);
        ruled.removeAll(described);
        assertThat(ruled).isEqualTo(new TreeSet<>(BESIDE));
    }

    @Test
    void noRouteHasTwoRules() {
        List<String> twice = new ArrayList<>();
        for (Rule rule : Rules.TABLE) {
            PathContainer example = PathContainer.parsePath(
                    rule.path().getPatternString().replaceAll("\\{\\w+}", "x").replace("**", "a/b"));
            long matching = Rules.TABLE.stream()
                    .filter(other ->
                            other.method().equals(rule.method()) && other.path().matches(example))
                    .count();
            if (matching != 1) {
                twice.add(route(rule));
            }
        }
        assertThat(twice).isEmpty();
    }

    @Test
    void aViewerOnlyReadsAndNothingOfTokensAndTheLog() {
        Map<Boolean, List<Rule>> viewers = Rules.TABLE.stream()
                .collect(Collectors.partitioningBy(rule -> rule.roles().contains(Role.VIEWER)));

        assertThat(viewers.get(true)).noneMatch(Rule::changes);
        assertThat(viewers.get(true))
                .noneMatch(rule -> rule.path().getPatternString().startsWith("/v1/tokens")
                        || rule.path().getPatternString().startsWith("/v1/audit"));
        assertThat(viewers.get(false))
                .allMatch(rule -> rule.changes()
                        || rule.method().equals("POST")
                        || rule.roles().equals(Set.of(Role.ADMIN)));
    }

    @Test
    void anAdminMayDoEverything() {
        assertThat(Rules.TABLE).allMatch(rule -> rule.roles().contains(Role.ADMIN));
    }

    @Test
    void whatSaysNothingOfItselfIsAChange() {
        Set<String> asks = Rules.TABLE.stream()
                .filter(rule -> !rule.method().equals("GET") && !rule.changes())
                .map(RulesTest::route)
                .collect(Collectors.toSet());

        assertThat(asks)
                .containsExactlyInAnyOrder(
                        "POST /v1/methods/{name}/trials",
                        "POST /v1/judges/{name}/versions/{version}/evaluate",
                        "POST /v1/judges/{name}/versions/{version}/check",
                        "POST /v1/judges/{name}/versions/{version}/stress",
                        "POST /v1/judgements",
                        "POST /v1/reward-models/{name}/versions/{version}/score");
    }

    @Test
    void whatTheTableDoesNotHaveHasNoRule() {
        assertThat(Rules.of("POST", "/v1/runs/x/pause")).isPresent();
        assertThat(Rules.of("HEAD", "/v1/runs/x")).isPresent();
        for (String route : List.of(
                "POST /v1/runs/",
                "POST /v1/RUNS",
                "post /v1/runs",
                "PATCH /v1/runs",
                "OPTIONS /v1/runs",
                "TRACE /v1/runs",
                "GET /v1/runs/x/nothing",
                "GET /v1",
                "GET /")) {
            String[] parts = route.split(" ");
            assertThat(Rules.of(parts[0], parts[1])).as(route).isEmpty();
        }
    }

    private static String route(Rule rule) {
        return rule.method().toUpperCase(Locale.ROOT) + " " + rule.path().getPatternString();
    }
}
