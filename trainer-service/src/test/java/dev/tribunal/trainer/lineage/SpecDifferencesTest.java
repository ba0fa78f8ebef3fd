package dev.tribunal.trainer.lineage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.runs.v1.lineage.RunDifferences.Difference;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SpecDifferencesTest {

    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void elementsWithNamesAreMatchedByThemWhereverTheyStand() {
        assertThat(
                        differences(
                                "{\"tasks\": [{\"name\": \"a\", \"weight\": 1}, {\"name\": \"b\", \"weight\": 1}]}",
                                "{\"tasks\": [{\"name\": \"c\"}, {\"name\": \"b\", \"weight\": 2}, {\"name\": \"a\", \"weight\": 1}]}"))
                .containsExactly(
                        new Difference("/tasks/1/weight", 1, 2), new Difference("/tasks/0", null, Map.of("name", "c")));
        assertThat(differences(
                        "{\"judges\": [{\"judge\": \"x@1\"}, {\"judge\": \"y@1\"}]}",
                        "{\"judges\": [{\"judge\": \"y@1\"}, {\"judge\": \"x@2\"}]}"))
                .containsExactly(new Difference("/judges/1/judge", "x@1", "x@2"));
    }

    @Test
    void othersAreMatchedByTheirPlaces() {
        assertThat(differences("{\"stop\": [\"a\", \"b\"], \"lora\": {\"rank\": 2}}", "{\"stop\": [\"a\"]}"))
                .containsExactly(
                        new Difference("/stop/1", "b", null), new Difference("/lora", Map.of("rank", 2), null));
        assertThat(differences(
                        "{\"parts\": [{\"model\": \"hf:a\"}, {\"model\": \"hf:a\"}]}",
                        "{\"parts\": [{\"model\": \"hf:a\"}, {\"model\": \"hf:b\"}]}"))
                .containsExactly(new Difference("/parts/1/model", "hf:a", "hf:b"));
        assertThat(differences("{\"a/b\": 1}", "{\"a/b\": 2}")).containsExactly(new Difference("/a~1b", 1, 2));
    }

    private static List<Difference> differences(String one, String other) {
        return SpecDifferences.of(JSON.readTree(one), JSON.readTree(other));
    }
}
