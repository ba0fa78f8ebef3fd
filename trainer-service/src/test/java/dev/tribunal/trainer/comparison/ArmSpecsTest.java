package dev.tribunal.trainer.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import dev.tribunal.trainer.comparison.ArmSpecs.Written;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ArmSpecsTest {

    private static final String YAML = "application/yaml";

    private static final String TASK = "{name: math, method: rloo, generations: 4, rewardModel: helpfulness@1,"
            + " judges: [{judge: code@1, parameters: {seed: 9}}],"
            + " prompts: {source: \"file:a.jsonl\", batchSize: 2, baseline: {generate: reference}}}";

    @Test
    void anArmIsTheBaseAndWhatAllChangeAndWhatItChanges() {
        JsonNode comparison = InputTree.parse("""
                name: c
                base: {a: 1, b: 2, c: 3, list: [{name: x, v: 1}, {name: y, v: 1}]}
                patch: {b: 20, c: null}
                set: {list.x.v: 2}
                arms:
                - {name: first}
                - {name: second, patch: {a: 10, apiVersion: tribunal/v1, name: own}, set: {list.*.v: 3}}
                """, YAML);
        List<FieldError> mistakes = new ArrayList<>();

        List<Written> arms = ArmSpecs.written(comparison, mistakes);

        assertThat(mistakes).isEmpty();
        assertThat(arms).extracting(Written::name).containsExactly("first", "second");
        assertThat(arms.getFirst().spec().toString())
                .isEqualTo("{\"a\":1,\"b\":20,\"list\":[{\"name\":\"x\",\"v\":2},{\"name\":\"y\",\"v\":1}],"
                        + "\"name\":\"first\",\"apiVersion\":\"tribunal/v1\"}");
        assertThat(arms.getLast().spec().toString())
                .isEqualTo("{\"a\":10,\"b\":20,\"list\":[{\"name\":\"x\",\"v\":3},{\"name\":\"y\",\"v\":3}],"
                        + "\"apiVersion\":\"tribunal/v1\",\"name\":\"own\"}");
        assertThat(comparison.at("/base/b").asInt())
                .as("the base itself is as it was")
                .isEqualTo(2);
    }

    @Test
    void aSeedIsThatOfEveryTrainingAndOfWhatIsGenerated() {
        RunSpec arm = spec("""
                apiVersion: tribunal/v1
                name: n
                labels: {team: a}
                policy: {model: "hf:p", maxNewTokens: 8}
                stages:
                - {name: first, training: {steps: 2, learningRate: 1.0e-5, seed: 5}, tasks: [%s]}
                - type: repeat
                  name: rounds
                  times: 2
                  stages:
                  - {name: made, type: generate, source: "file:a.jsonl", generations: 2, seed: 6}
                  - {name: again, training: {steps: 3, learningRate: 1.0e-5}, tasks: [%s]}
                """.formatted(TASK, TASK));

        RunSpec ofSeed = ArmSpecs.ofSeed(arm, "methods", "rloo", 3);

        JsonNode tree = new JsonMapper().valueToTree(ofSeed);
        assertThat(tree.at("/stages/0/training/seed").asLong()).isEqualTo(3);
        assertThat(tree.at("/stages/1/stages/0/seed").asLong()).isEqualTo(3);
        assertThat(tree.at("/stages/1/stages/1/training/seed").asLong()).isEqualTo(3);
        assertThat(tree.at("/stages/0/tasks/0/judges/0/parameters/seed").asLong())
                .as("a judge's own")
                .isEqualTo(9);
        assertThat(ofSeed.name()).isEqualTo("rloo, seed 3");
        assertThat(ofSeed.labels())
                .containsEntry("team", "a")
                .containsEntry("comparison", "methods")
                .containsEntry("arm", "rloo")
                .containsEntry("seed", "3");
        assertThat(ArmSpecs.same(ofSeed, ArmSpecs.ofSeed(arm, "methods", "rloo", 3)))
                .isTrue();
        assertThat(ArmSpecs.same(ofSeed, ArmSpecs.ofSeed(arm, "methods", "rloo", 4)))
                .isFalse();
    }

    @Test
    void aRunWhosePromptFilesAreStillCheckedIsTheSameAndOneOfAnotherFileIsNot() {
        String text = "{apiVersion: tribunal/v1, name: n, policy: {model: \"hf:p\", maxNewTokens: 8},"
                + " training: {steps: 3, learningRate: 1.0e-5}, tasks: [" + TASK + "]}";
        RunSpec unchecked = spec(text);
        RunSpec pinned = spec(text.replace("batchSize: 2", "batchSize: 2, sourceDigest: \"sha256:1\""));
        RunSpec other = spec(text.replace("batchSize: 2", "batchSize: 2, sourceDigest: \"sha256:2\""));

        assertThat(ArmSpecs.same(pinned, unchecked)).isTrue();
        assertThat(ArmSpecs.same(unchecked, pinned)).isTrue();
        assertThat(ArmSpecs.same(pinned, other)).isFalse();
        assertThat(ArmSpecs.samples(pinned)).isEqualTo(3 * 2 * 4);
    }

    @Test
    void aCurveIsThinnedEvenlyAndKeepsItsEnds() {
        List<Integer> steps = List.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(Curves.thinned(steps, 4)).containsExactly(0, 3, 6, 9);
        assertThat(Curves.thinned(steps, 10)).isEqualTo(steps);
        assertThat(Curves.thinned(steps, 2)).containsExactly(0, 9);
    }

    private static RunSpec spec(String yaml) {
        return InputReader.read(RunSpec.class, InputTree.parse(yaml, YAML)).required();
    }
}
