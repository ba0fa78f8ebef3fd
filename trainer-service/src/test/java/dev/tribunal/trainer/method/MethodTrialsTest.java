package dev.tribunal.trainer.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.runs.v1.method.MethodResource;
import dev.tribunal.contracts.runs.v1.method.MethodTrialResource;
import dev.tribunal.contracts.runs.v1.method.MethodTrialResource.LeftBatch;
import dev.tribunal.contracts.runs.v1.method.MethodTrialResource.Rollout;
import dev.tribunal.methods.Experience;
import dev.tribunal.methods.Method;
import dev.tribunal.methods.MethodCatalogue;
import dev.tribunal.methods.Need;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.trainer.TrainerError;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

class MethodTrialsTest {

    private static final YAMLMapper YAML = new YAMLMapper();

    /** Scores 2, 1, 0.5, 3 against 1; the third violates a constraint; log-ratios 1, 0, 2, 12. */
    private static final String GOLDEN = """
            method: {klMax: 10}
            groups:
            - rollouts:
              - {role: baseline, score: 1}
              - {score: 2, feasible: true, logProbs: [-1], referenceLogProbs: [-2]}
              - {score: 1, feasible: true, logProbs: [-0.5, -0.5], referenceLogProbs: [-0.25, -0.75]}
              - {score: 0.5, feasible: false, logProbs: [-1], referenceLogProbs: [-3]}
              - {score: 3, feasible: true, logProbs: [-1], referenceLogProbs: [-13]}
            """;

    private static MethodTrialResource run(String method, String yaml) {
        return MethodTrials.run(method, YAML.readTree(yaml));
    }

    private static Map<String, String> mistakes(String method, String yaml) {
        TribunalException refused = catchThrowableOfType(TribunalException.class, () -> run(method, yaml));
        assertThat(refused.code()).isEqualTo(TrainerError.INVALID_TRIAL);
        return refused.errors().stream().collect(Collectors.toMap(FieldError::pointer, FieldError::detail));
    }

    @Test
    void theWorkedExampleGivesItsWeights() {
        MethodTrialResource tried = run("crpg", GOLDEN);

        List<Rollout> rollouts = tried.groups().getFirst().rollouts();
        double[] advantages = {.36846, .21051, -.28949, -.28949};
        double[] rewards = {.7311, .5, .3775, .8808};
        double[] regularized = {.6580, .5, 0, 0};
        for (int i = 0; i < 4; i++) {
            Rollout rollout = rollouts.get(i + 1);
            assertThat(rollout.sample()).isEqualTo(i + 1);
            assertThat(Objects.requireNonNull(rollout.advantage())).isCloseTo(advantages[i], within(1e-5));
            assertThat(Objects.requireNonNull(rollout.reward())).isCloseTo(rewards[i], within(1e-4));
            assertThat(Objects.requireNonNull(rollout.regularizedReward())).isCloseTo(regularized[i], within(1e-4));
            assertThat(rollout.slopes().logProbs())
                    .allSatisfy(slope -> assertThat(slope)
                            .isCloseTo(-Objects.requireNonNull(rollout.advantage()) / 4, within(1e-12)));
        }
        assertThat(rollouts.get(2).slopes().logProbs()).hasSize(2);
        assertThat(rollouts.getFirst().advantage()).isNull();
        assertThat(rollouts.getFirst().slopes().logProbs()).containsExactly(0.0);
    }

    @Test
    void whatIsUndecidedOrHasNoRewardLeavesTheBatch() {
        MethodTrialResource tried = run(
                "crpg",
                GOLDEN
                        + "  - {score: 9, logProbs: [-1], referenceLogProbs: [-1]}\n"
                        + "  - {feasible: true, logProbs: [-1], referenceLogProbs: [-1]}\n");

        List<Rollout> rollouts = tried.groups().getFirst().rollouts();
        assertThat(rollouts.get(5).leftBatch()).isEqualTo(LeftBatch.UNDECIDED);
        assertThat(rollouts.get(6).leftBatch()).isEqualTo(LeftBatch.NO_REWARD);
        assertThat(rollouts.get(6).slopes().logProbs()).containsExactly(0.0);
        assertThat(Objects.requireNonNull(rollouts.get(1).advantage())).isCloseTo(.36846, within(1e-5));
    }

    /** p is sigma(0.1 * 5) = .6225, w = .8 p / (.8 p + .2 (1 - p)) = .8683; the margin turns p into sigma(-0.5). */
    @Test
    void aPairsLabelIsPartOfItsGroup() {
        String trial = """
                method: {loss: {type: dpo, offset: 1}, eta: 0.8}
                groups:
                - annotator: careful
                  rollouts:
                  - {role: chosen, logProbs: [-1], referenceLogProbs: [-3]}
                  - {role: rejected, logProbs: [-4], referenceLogProbs: [-1]}
                """;
        assertThat(run("lcpo", trial).loss()).isCloseTo(-Math.log(.8 * .622459 + .2 * .377541), within(1e-6));
        assertThat(run("lcpo", trial.replace("careful", "careful\n  margin: 1")).loss())
                .isCloseTo(-Math.log(.8 * .377541 + .2 * .622459), within(1e-6));
        assertThat(run(
                                "dpo",
                                trial.replaceFirst("method.*", "method: {}")
                                        .replace("annotator: careful", "labelProbability: 0.9"))
                        .loss())
                .isCloseTo(.9 * .474077 + .1 * .974077, within(1e-6));
        assertThat(mistakes("sft", trial.replaceFirst("method.*", "method: {}")).get("/groups/0"))
                .contains("sft learns from no given pairs");
    }

    /** Weights of .75 and .25 give 2.5 and, of the baseline completion, 1.5: sigma(1). */
    @Test
    void severalRewardModelsMakeOneReward() {
        String trial = """
                method: {klMax: 10}
                rewards: [{type: weighted-sum, weights: {helpful: 0.75, safe: 0.25}}, calibrated]
                groups:
                - rollouts:
                  - {role: baseline, scores: {helpful: {value: 1}, safe: {value: 3}}}
                  - {scores: {helpful: {value: 2, deviation: 0.1}, safe: {value: 4}}, feasible: true, logProbs: [-1], referenceLogProbs: [-1]}
                  - {scores: {helpful: {value: 1}, safe: {value: 3}}, feasible: true, logProbs: [-1], referenceLogProbs: [-1]}
                """;
        List<Rollout> rollouts = run("crpg", trial).groups().getFirst().rollouts();
        assertThat(Objects.requireNonNull(rollouts.get(1).reward())).isCloseTo(.7310586, within(1e-6));
        assertThat(Objects.requireNonNull(rollouts.get(2).reward())).isEqualTo(0.5);
        assertThat(Objects.requireNonNull(rollouts.get(1).scores().get("safe")).value())
                .isEqualTo(4);

        assertThat(mistakes("crpg", trial.replaceFirst("rewards: .*", "rewards: [calibrated]")))
                .containsKey("/groups/0/rollouts/1/scores")
                .extractingByKey("/groups/0/rollouts/1/scores")
                .asString()
                .contains("add {type: weighted-sum");
    }

    @Test
    void allMistakesComeAtOnceWithTheirPlaces() {
        Map<String, String> mistakes = mistakes("crpg", """
                method: {klMax: -1, klMin: 2, type: codpo}
                groups:
                - rollouts:
                  - {score: 1e999, feasible: true, logProbs: [0.5], referenceLogProbs: [-2]}
                  - {score: 2, feasible: true, logProbs: [-1, -1], referenceLogProbs: [-2]}
                  - {score: 2, feasible: perhaps}
                """);

        assertThat(mistakes)
                .containsOnlyKeys(
                        "/method/type",
                        "/method/klMax",
                        "/method/klMin",
                        "/groups/0/rollouts/0/score",
                        "/groups/0/rollouts/0/logProbs/0",
                        "/groups/0/rollouts/1/referenceLogProbs",
                        "/groups/0/rollouts/2/feasible",
                        "/groups/0/rollouts/2/logProbs");
        assertThat(mistakes.get("/groups/0/rollouts/1/referenceLogProbs")).contains("1 elements, must have 2");
        assertThat(mistakes("crpg", "groups: []")).containsOnlyKeys("/method/klMax", "/groups");
    }

    /** The policy has moved by 1e9 nats. */
    @Test
    void whatOverflowsIsAMistakeAndNotANumber() {
        assertThat(mistakes("grpo", """
                        method: {beta: 0}
                        groups:
                        - rollouts:
                          - {score: 1, feasible: true, logProbs: [-1e9], referenceLogProbs: [-1], currentLogProbs: [0]}
                          - {score: -1, feasible: true, logProbs: [-1e9], referenceLogProbs: [-1], currentLogProbs: [0]}
                        """)).containsKey("/groups/0/rollouts/1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "crpg | klMax: 10 | referenceLogProbs",
                "crpg | klMax: 10 | calibratedReward",
                "ppo | klCoefficient: 0 | values",
                "grpo | beta: 0.1 | referenceLogProbs",
            })
    void whatAMethodNeedsAndIsNotGivenIsNamed(String method, String hyperparameters, String field) {
        String yaml = """
                method: {%s}
                groups:
                - rollouts:
                  - {score: 1, feasible: true, logProbs: [-1]}
                  - {score: 2, feasible: true, logProbs: [-1]}
                """.formatted(hyperparameters);

        assertThat(mistakes(method, yaml))
                .containsKeys("/groups/0/rollouts/0/" + field, "/groups/0/rollouts/1/" + field);
    }

    @Test
    void eachRewardModelNeedsItsCritic() {
        String rollout = "{feasible: true, scores: {a: {value: %s}, b: {value: 1}}, logProbs: [-1],"
                + " referenceLogProbs: [-1], values: [[0]%s]}";
        String groups = "rewards: [{type: weighted-sum, weights: {a: 0.5, b: 0.5}}]\n" + "groups: [{rollouts: ["
                + rollout + ", " + rollout + "]}]";
        assertThat(mistakes("pama", groups.formatted(1, "", 0, "")).get("/groups/0/rollouts/0/values"))
                .isEqualTo("has those of 1 critics, but pama has 2");
        MethodTrialResource tried = run("pama", groups.formatted(1, ", [0.5]", 0, ", [0.5]"));
        assertThat(tried.groups().getFirst().rollouts().getFirst().slopes().values())
                .hasSize(2);
    }

    @Test
    void rewardsThatLookAtTheMinibatchSeeAllOfTheTrial() {
        String rollout = "{feasible: true, scores: {a: {value: %s}, b: {value: %s}}, logProbs: [-1],"
                + " referenceLogProbs: [-1]}";
        String groups = "rewards: [{type: robust, nominalWeight: 0, scope: batch}]\n" + "groups: [{rollouts: ["
                + rollout + ", " + rollout + "]}, {rollouts: [" + rollout + ", " + rollout + "]}]";
        MethodTrialResource tried = run("rloo", groups.formatted(1, 3, 2, 4, 9, 0, 9, 0)); // means of 5.25 and 1.75
        assertThat(tried.groups().stream()
                        .flatMap(group -> group.rollouts().stream())
                        .map(MethodTrialResource.Rollout::reward))
                .containsExactly(3.0, 4.0, 0.0, 0.0);
    }

    @Test
    void givenPairsNeedBothSides() {
        String chosen = "{role: chosen, logProbs: [-0.223144], referenceLogProbs: [-0.693147], tokenKl: [0.223144]}";
        String rejected =
                "{role: rejected, logProbs: [-0.916291], referenceLogProbs: [-0.693147], tokenKl: [0.020411]}";
        MethodTrialResource tried = run("tdpo", "groups: [{rollouts: [" + chosen + ", " + rejected + "]}]");

        assertThat(tried.loss()).isCloseTo(.654210, within(1e-6));
        assertThat(tried.groups().getFirst().rollouts().getFirst().role()).isEqualTo("chosen");
        assertThat(mistakes("tdpo", "groups: [{rollouts: [" + chosen + "]}]").get("/groups/0/rollouts"))
                .contains("'rejected'");
        assertThat(mistakes("dpo", "groups: [{rollouts: [{role: sampled, logProbs: [-1], referenceLogProbs: [-1]}]}]"))
                .containsKey("/groups/0/rollouts/0/role");
        String withoutKl = chosen.replace(", tokenKl: [0.223144]", "");
        assertThat(mistakes("tdpo", "groups: [{rollouts: [" + withoutKl + ", " + rejected + "]}]"))
                .containsOnlyKeys("/groups/0/rollouts/0/tokenKl");
    }

    @Test
    void aMethodThatIsNotThereIsAnsweredWithTheOneThatWasMeant() {
        TribunalException refused = catchThrowableOfType(TribunalException.class, () -> run("crgp", GOLDEN));

        assertThat(refused.code()).isEqualTo(TrainerError.METHOD_NOT_FOUND);
        assertThat(refused).hasMessageContaining("'crpg'");
    }

    @Test
    void everyMethodIsListedWithItsHyperparameters() {
        assertThat(MethodList.all().stream().map(MethodResource::name).toList())
                .isEqualTo(List.copyOf(MethodCatalogue.methods().keySet()));
        assertThat(MethodList.all()).allSatisfy(method -> {
            assertThat(method.description()).isNotEmpty();
            assertThat(method.paper()).isNotEmpty();
        });
        MethodResource crpg = MethodList.all().getFirst();
        assertThat(crpg.kind()).isEqualTo(Experience.ROLLOUTS);
        assertThat(crpg.needs()).containsExactly(Need.REFERENCE, Need.CALIBRATION);
        JsonNode hyperparameters = new JsonMapper().valueToTree(crpg.hyperparameters());
        assertThat(hyperparameters.path("required").toString()).isEqualTo("[\"klMax\"]");
        assertThat(hyperparameters.at("/properties/klMax/exclusiveMinimum").asInt(-1))
                .isZero();
        assertThat(hyperparameters.at("/properties/klMax/description").asString())
                .startsWith("KL_max, nats");
    }

    static List<String> methods() {
        return List.copyOf(MethodCatalogue.methods().keySet());
    }

    /** Two prompts with all that any method needs. */
    @ParameterizedTest
    @MethodSource("methods")
    void everyMethodCanBeTried(String name) {
        Method method = Objects.requireNonNull(
                InputReader.read(Method.class, Map.of("type", name)).value());
        ObjectNode trial = (ObjectNode) YAML.readTree(
                switch (method.experience()) {
                    case ROLLOUTS -> groups("baseline", "sampled", "sampled");
                    case RATED_ANSWERS -> groups("sampled");
                    case PAIRS -> groups("chosen", "rejected");
                    case DEMONSTRATIONS -> groups("demonstration");
                });
        for (String required : List.of("klMax", "beta", "lambda")) {
            MethodList.all().stream()
                    .filter(one -> one.name().equals(name))
                    .filter(one -> String.valueOf(one.hyperparameters().get("required"))
                            .contains(required))
                    .forEach(one -> trial.withObject("/method").put(required, 1));
        }

        MethodTrialResource tried = MethodTrials.run(name, trial);

        assertThat(tried.loss()).isFinite();
        assertThat(tried.groups()).hasSize(2);
        assertThat(tried.groups().stream()
                        .flatMap(group -> group.rollouts().stream())
                        .flatMap(rollout -> rollout.slopes().logProbs().stream()))
                .anySatisfy(slope -> assertThat(slope).isNotZero());
    }

    /** Never an exception of another kind: that would be an internal error over HTTP. */
    @ParameterizedTest
    @MethodSource("methods")
    void whatIsWrittenIsAnsweredOrRefused(String name) {
        Random random = new Random(7);
        Map<?, ?> known = (Map<?, ?>) Objects.requireNonNull(MethodList.all().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow()
                .hyperparameters()
                .get("properties"));
        int answered = 0;
        for (int i = 0; i < 200; i++) {
            ObjectNode trial = (ObjectNode) YAML.readTree("{method: {}, groups: []}");
            for (String hyperparameter : List.of("klMax", "beta", "lambda")) {
                if (known.containsKey(hyperparameter)) {
                    trial.withObject("/method").put(hyperparameter, random.nextInt(8) == 0 ? 0 : 0.5);
                }
            }
            if (known.containsKey("ratio")) { // A-LoL's KL goes with no other
                trial.withObject("/method").put("ratio", "none");
            }
            for (int group = 0; group < 1 + random.nextInt(3); group++) {
                trial.withArray("/groups").add(anyGroup(name, random));
            }
            try {
                assertThat(MethodTrials.run(name, trial).loss()).isFinite();
                answered++;
            } catch (TribunalException refused) {
                assertThat(refused.errors()).isNotEmpty();
            }
        }
        assertThat(answered).isPositive();
    }

    private static ObjectNode anyGroup(String name, Random random) {
        List<String> roles = List.of(
                switch (name) {
                    case "sft" -> new String[] {"demonstration"};
                    case "dpo", "ipo", "simpo", "cpo", "tdpo", "cpl", "lcpo" -> new String[] {"chosen", "rejected"};
                    default -> new String[] {"baseline", "sampled", "sampled", "sampled"};
                });
        ObjectNode group = (ObjectNode) YAML.readTree("rollouts: []");
        for (String role : roles) {
            if (random.nextInt(6) == 0) {
                continue;
            }
            ObjectNode rollout = group.withArray("/rollouts").addObject().put("role", role);
            int tokens = 1 + random.nextInt(3);
            for (String field : List.of("logProbs", "referenceLogProbs", "tokenKl", "entropy", "currentLogProbs")) {
                if (random.nextInt(30) > 0) {
                    double sign = field.endsWith("Probs") ? -1 : 1;
                    for (int t = 0; t < tokens; t++) {
                        rollout.withArray("/" + field)
                                .add(sign * random.nextInt(random.nextInt(9) == 0 ? 1_000_000 : 3));
                    }
                }
            }
            if (random.nextInt(30) > 0) {
                ArrayNode values = rollout.putArray("values");
                for (int critic = 0; critic < 2; critic++) {
                    ArrayNode ofCritic = values.addArray();
                    for (int t = 0; t < tokens; t++) {
                        ofCritic.add(random.nextGaussian());
                    }
                }
            }
            if (random.nextInt(6) > 0) {
                rollout.put("score", random.nextInt(3) - 1);
            }
            if (random.nextInt(6) > 0) {
                rollout.put("feasible", random.nextInt(4) > 0);
            }
            if (random.nextInt(6) == 0) {
                rollout.put("finishReason", "length");
            }
        }
        return group;
    }

    private static String groups(String... roles) {
        StringBuilder yaml = new StringBuilder("groups:\n");
        for (int prompt = 0; prompt < 2; prompt++) {
            yaml.append("- rollouts:\n");
            for (int i = 0; i < roles.length; i++) {
                yaml.append(("  - {role: %s, score: %d, feasible: true, logProbs: [-1, -2], tokenKl: [0.1, 0.2],"
                                + " referenceLogProbs: [-1.5, -2], entropy: [1, 1], values: [[0.1, 0.2], [0.3, 0.1]]}\n")
                        .formatted(roles[i], i + prompt));
            }
        }
        return yaml.toString();
    }
}
