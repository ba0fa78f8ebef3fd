package dev.tribunal.trainer.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.Lora;
import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.common.Schedule;
import dev.tribunal.contracts.runs.v1.spec.Alarms;
import dev.tribunal.contracts.runs.v1.spec.Alarms.Action;
import dev.tribunal.contracts.runs.v1.spec.Evaluation;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.Sampler;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.methods.combiner.WeightedSum;
import dev.tribunal.methods.online.Crpg;
import dev.tribunal.methods.reward.Calibrated;
import dev.tribunal.methods.supervised.Sft;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunSpecInputTest {

    /** The least that a CGPO run must say. */
    private static final String LEAST = """
            apiVersion: tribunal/v1
            name: least
            policy: {model: "hf:model"}
            training: {steps: 3, learningRate: 1.0e-5}
            tasks:
            - name: math
              prompts: {source: "file:math.jsonl", batchSize: 2, baseline: {field: reference.answer}}
              rewardModel: helpfulness@1
              judges: [math-answer@1, length]
              method: {type: crpg, klMax: 10}
              generations: 4
            """;

    private static final String SFT = """
            apiVersion: tribunal/v1
            name: tune
            policy: {model: "hf:model"}
            training: {steps: 3, learningRate: 1.0e-5}
            tasks:
            - {name: chat, method: sft, prompts: {source: "file:chat.jsonl", batchSize: 2}}
            """;

    @Test
    void whatALeastSpecLeavesOutHasDefaults() {
        Input<RunSpec> draft = yaml(LEAST);

        assertThat(draft.mistakes()).isEmpty();
        RunSpec spec = draft.value();
        assertThat(spec.labels()).isEmpty();
        assertThat(spec.policy())
                .isEqualTo(new RunSpec.Policy(
                        "hf:model", null, 128, 1.0, 0, 1.0, List.of(), Precision.FP32, false, null, null, null));
        assertThat(spec.training())
                .isEqualTo(new RunSpec.Training(
                        3,
                        0,
                        1e-5,
                        Schedule.CONSTANT,
                        0,
                        1.0,
                        3,
                        4096,
                        new RunSpec.Updates(1, 1),
                        null,
                        null,
                        new RunSpec.Checkpoints(10, null),
                        0));
        assertThat(spec.evaluation()).isEqualTo(new Evaluation(1, null, null, false, List.of(), List.of(), null, null));
        assertThat(spec.combiner()).isEqualTo(new WeightedSum());
        assertThat(spec.tasks())
                .containsExactly(new RunSpec.Task(
                        "math",
                        1.0,
                        new Crpg(10),
                        4,
                        new RunSpec.Prompts(
                                "file:math.jsonl",
                                null,
                                2,
                                new RunSpec.BaselineCompletionSource("reference.answer", null),
                                null,
                                null,
                                null),
                        "helpfulness@1",
                        null,
                        List.of(),
                        List.of(new Calibrated()),
                        List.of(
                                new RunSpec.Judge("math-answer@1", null, Map.of()),
                                new RunSpec.Judge("length", null, Map.of())),
                        false,
                        RunSpec.Overlong.KEEP,
                        new RunSpec.FailurePolicy(2, RunSpec.OnShortage.DROP_GROUP),
                        null));
    }

    @Test
    void anAlarmHasItsOwnThresholdsAndWhatFollows() {
        Alarms alarms = yaml(LEAST + "alarms: {noSignal: {steps: 3, do: pause}, blowUp: {do: ignore}}\n")
                .required()
                .alarms();
        assertThat(alarms.noSignal()).isEqualTo(new Alarms.NoSignal(3, Action.PAUSE));
        assertThat(alarms.blowUp()).isEqualTo(new Alarms.BlowUp(3, 50, Action.IGNORE));
        assertThat(yaml(LEAST).required().alarms().blowUp()).isEqualTo(new Alarms.BlowUp(3, 50, Action.FAIL));

        assertThat(yaml(LEAST + "alarms: {noSignl: {}, klHigh: {threshold: 0, do: explode}}\n")
                        .mistakes())
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder("/alarms/noSignl", "/alarms/klHigh/threshold", "/alarms/klHigh/do");
    }

    @Test
    void aTaskMayHaveSeveralRewardModels() {
        String two = "rewardModels: [helpfulness@1, {model: harmlessness@2, name: safe}]\n  rewards: [%s, calibrated]";
        Input<RunSpec> draft = yaml(LEAST.replace(
                "rewardModel: helpfulness@1",
                two.formatted("{type: weighted-sum, weights: {helpfulness: 0.75, safe: 0.25}}")));
        assertThat(draft.mistakes()).isEmpty();
        assertThat(draft.value().tasks().getFirst().allRewardModels())
                .containsExactly(
                        new RunSpec.RewardModel("helpfulness@1", null, "helpfulness"),
                        new RunSpec.RewardModel("harmlessness@2", null, "safe"));
        assertThat(yaml(LEAST).value().tasks().getFirst().allRewardModels())
                .containsExactly(new RunSpec.RewardModel("helpfulness@1", null, "helpfulness"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            rewardModels: [helpfulness, safe]                                 | /tasks/0/rewards        | add {type: weighted-sum, weights: {helpfulness: 0.500, safe: 0.500}}
            rewardModels: [helpfulness, helpfulness@2]                        | /tasks/0/rewardModels/1 | write {model: helpfulness@2, name: ANOTHER}
            rewardModels: [helpfulness], rewardModel: safe                    | /tasks/0/rewardModel    | move it into their list
            rewardModels: [a, b], rewards: [{type: weighted-sum, weights: {a: 1}}, calibrated] | /tasks/0/rewards/0 | no weight for 'b'
            rewardModels: [a, b], rewards: [calibrated, {type: weighted-sum, weights: {a: 1, b: 1}}] | /tasks/0/rewards | add up to at most 1
            rewardModel: a, rewards: [calibrated, {type: class-target, targets: {a: {label: warm}}}] | /tasks/0/rewards/1 | the first of the transforms
            rewardModel: a, rewards: []                                       | /tasks/0/rewards        | let calibrated (or sigmoid
            rewardModels: []                                                  | /tasks/0/rewardModel    | is missing
            combiner: mgda, rewardModel: a                                    | /tasks/0/combiner       | of which it has one
            combiner: {type: pairwise-normalised, of: sides}, rewardModels: [a, b], rewards: [calibrated, {type: weighted-sum, weights: {a: 0.5, b: 0.5}}] | /tasks/0/combiner | keeps the sides of pairs apart
            """)
    void rewardModelsThatNoRewardIsMadeOfAreRefused(String written, String pointer, String said) {
        List<FieldError> mistakes = yaml(LEAST.replace(
                        "rewardModel: helpfulness@1", written.replace(", reward", "\n  reward")))
                .mistakes();
        assertThat(mistakes).singleElement().satisfies(mistake -> {
            assertThat(mistake.pointer()).isEqualTo(pointer);
            assertThat(mistake.detail()).contains(said);
        });
    }

    @Test
    void calibrationCanBeLeftOutWhereRewardsStayWithinTheirRange() {
        assertThat(yaml(LEAST.replace("rewardModel: helpfulness@1", "rewardModel: helpfulness@1\n  rewards: [sigmoid]"))
                        .mistakes())
                .isEmpty();
    }

    @Test
    void severalObjectivesNeedTheirRewardModelsAndOneCombiner() {
        String models = "rewardModels: [help, harm]\n  rewards: [{type: weighted-sum, weights: {help: 1, harm: 0}}]";
        String spec = LEAST.replace("rewardModel: helpfulness@1", models)
                .replace("1.0e-5}", "1.0e-5, critic: {learningRate: 1}}");
        String crpg = "{type: crpg, klMax: 10}";
        assertThat(yaml(spec.replace(crpg, "{type: safe-rlhf, costs: [harm]}")).mistakes())
                .isEmpty();
        assertThat(yaml(spec.replace(crpg, "{type: safe-rlhf, costs: [harms]}")).mistakes())
                .containsExactly(new FieldError(
                        "/tasks/0/method", "takes harms as costs, but the task's reward models are harm, help"));
        assertThat(yaml(spec.replace(crpg, "pama")).value().tasks().getFirst().critics())
                .isEqualTo(2);
        assertThat(yaml(spec.replace(crpg, "pama\n  combiner: mgda")).mistakes())
                .containsExactly(new FieldError(
                        "/tasks/0/combiner", "is of no use: pama combines the reward models itself; remove it"));
        Input<RunSpec> each = yaml(spec.replace(crpg, "ppo\n  combiner: mgda"));
        assertThat(each.mistakes()).isEmpty();
        assertThat(each.value().tasks().getFirst().objectives()).containsExactly("harm", "help");
        assertThat(each.value().tasks().getFirst().critics()).isEqualTo(2);
        assertThat(yaml(spec.replace(crpg, "rloo\n  combiner: mgda")
                                .replace(
                                        "name: least", "name: least\ncombiner: {type: pairwise-normalised, of: sides}"))
                        .mistakes())
                .extracting(FieldError::pointer)
                .containsExactly("/tasks/0/combiner");
    }

    @Test
    void aTaskMayStopAtTheFirstViolation() {
        Input<RunSpec> draft = yaml(LEAST.replace("judges: [", "shortCircuit: true\n  judges: ["));
        assertThat(draft.mistakes()).isEmpty();
        assertThat(draft.value().tasks().getFirst().shortCircuit()).isTrue();

        assertThat(yaml(LEAST.replace("judges: [", "shortCircuit: first\n  judges: ["))
                        .mistakes())
                .extracting(FieldError::pointer)
                .containsExactly("/tasks/0/shortCircuit");
    }

    @Test
    void whatComparesWithAReferenceIsRefusedWhereThereIsNone() {
        String spec = LEAST.replace("policy:", "reference: none\npolicy:")
                .replace("{field: reference.answer}", "{generate: reference}");

        assertThat(yaml(spec).mistakes())
                .extracting(FieldError::pointer)
                .containsExactly("/tasks/0/method", "/tasks/0/prompts/baseline/generate");
        assertThat(yaml(spec.replace("{type: crpg, klMax: 10}", "reinforce")
                                .replace("  generations: 4", "  generations: 4\n  rewards: [calibrated, kl-penalty]"))
                        .mistakes())
                .extracting(FieldError::pointer)
                .containsExactly("/tasks/0/rewards/1", "/tasks/0/prompts/baseline/generate");
        assertThat(yaml(LEAST.replace("policy:", "reference: none\npolicy:")
                                .replace("{type: crpg, klMax: 10}", "reinforce"))
                        .mistakes())
                .isEmpty();
    }

    @Test
    void aReferenceMayFollowThePolicyOrBeASoup() {
        assertThat(yaml(LEAST.replace("policy:", "reference: {type: previous, every: 5}\npolicy:"))
                        .value()
                        .reference())
                .isEqualTo(new RunSpec.Previous(5));
        String soup =
                "reference: {type: soup, parts: [{model: \"hf:a\", weight: 1.5}, {model: \"hf:b\", weight: -0.5}]}";
        assertThat(yaml(LEAST.replace("policy:", soup + "\npolicy:")).mistakes())
                .isEmpty();
        assertThat(yaml(LEAST.replace("policy:", soup.replace("-0.5", "-1.5") + "\npolicy:"))
                        .mistakes())
                .extracting(mistake -> mistake.pointer() + " " + mistake.detail())
                .containsExactly("/reference/parts have weights that add up to 0.0, must be more than 0");
    }

    @Test
    void dynamicSamplingComparesCompletionsOfAPrompt() {
        String spec = LEAST.replace("batchSize: 2", "batchSize: 2, dynamicSampling: {maxRounds: 3}");
        assertThat(yaml(spec).value().tasks().getFirst().prompts().dynamicSampling())
                .isEqualTo(new RunSpec.DynamicSampling(3));
        assertThat(yaml(spec.replace("generations: 4", "generations: 1")).mistakes())
                .extracting(FieldError::pointer)
                .contains("/tasks/0/prompts/dynamicSampling");
        assertThat(yaml(SFT.replace("batchSize: 2", "batchSize: 2, dynamicSampling: {maxRounds: 3}"))
                        .mistakes())
                .extracting(FieldError::pointer)
                .containsExactly("/tasks/0/prompts/dynamicSampling");
    }

    @Test
    void howThePolicySamplesMayBeSaid() {
        Input<RunSpec> draft = yaml(LEAST.replace(
                "\"hf:model\"", "\"hf:model\", temperature: 0.7, topK: 50, topP: 0.9, stop: [\"\\n\\n\", END]"));

        assertThat(draft.mistakes()).isEmpty();
        assertThat(draft.value().policy())
                .isEqualTo(new RunSpec.Policy(
                        "hf:model",
                        null,
                        128,
                        0.7,
                        50,
                        0.9,
                        List.of("\n\n", "END"),
                        Precision.FP32,
                        false,
                        null,
                        null,
                        null));
    }

    private static final String SAMPLER =
            "sampler: {type: vllm, urls: [\"http://127.0.0.1:8000\"], adapters: \"file:shared\"}";

    @Test
    void whereThePolicySamplesMayBeSaid() {
        Input<RunSpec> draft = yaml(LEAST.replace("\"hf:model\"", "\"hf:model\", lora: {rank: 8}, " + SAMPLER)
                .replace("steps: 3,", "steps: 3, staleness: 2,"));

        assertThat(draft.mistakes()).isEmpty();
        assertThat(draft.value().policy().sampler())
                .isEqualTo(new Sampler.Vllm(
                        List.of("http://127.0.0.1:8000"),
                        "file:shared",
                        null,
                        null,
                        600,
                        2,
                        new Sampler.Fingerprint(0.05, 4)));
        assertThat(draft.value().training().staleness()).isEqualTo(2);
    }

    @Test
    void aSamplerNeedsAnAdapterAndTheTemperatureOfItsLogProbabilities() {
        assertThat(yaml(LEAST.replace("\"hf:model\"", "\"hf:model\", temperature: 0.7, " + SAMPLER))
                        .mistakes())
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder("/policy/sampler", "/policy/temperature");
        assertThat(yaml(LEAST.replace(
                                "\"hf:model\"",
                                "\"hf:model\", lora: {rank: 8}, "
                                        + SAMPLER.replace("8000\"]", "8000\", \"http://127.0.0.1:8000/\"], cap: 0.5")))
                        .mistakes())
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder("/policy/sampler/urls/1", "/policy/sampler/cap");
    }

    @Test
    void aServerThatTrainsSamplesByItself() {
        assertThat(yaml(LEAST.replace(
                                "\"hf:model\"",
                                "\"hf:model\", lora: {rank: 8}, engine: {type: tinker, url: \"http://127.0.0.1:8001\","
                                        + " baseModel: m}, " + SAMPLER))
                        .mistakes())
                .singleElement()
                .satisfies(mistake -> assertThat(mistake.detail()).contains("remove one of the two"));
    }

    @Test
    void batchesAreSampledAheadOnOtherMachinesAloneAndOnlyWhereTheirPromptsAreKnown() {
        String stale = LEAST.replace("steps: 3,", "steps: 3, staleness: 1,");

        assertThat(yaml(stale).mistakes()).singleElement().satisfies(mistake -> {
            assertThat(mistake.pointer()).isEqualTo("/training/staleness");
            assertThat(mistake.detail()).contains("must be 0, or add policy.sampler");
        });
        assertThat(yaml(stale.replace("\"hf:model\"", "\"hf:model\", lora: {rank: 8}, " + SAMPLER)
                                .replace("batchSize: 2,", "batchSize: 2, dynamicSampling: {maxRounds: 2},"))
                        .mistakes())
                .extracting(FieldError::pointer)
                .containsExactly("/tasks/0/prompts/dynamicSampling");
    }

    /** The servers serve policy.model, so an adapter of what an earlier stage made of it is of no use to them. */
    @Test
    void aStageThatSamplesOnServersBeginsWithTheRunsModel() {
        String task = LEAST.substring(LEAST.indexOf("- name: math")).indent(4);
        String staged =
                "apiVersion: tribunal/v1\nname: two\npolicy: {model: \"hf:model\", lora: {rank: 8}, " + SAMPLER + "}\n"
                        + "stages:\n"
                        + "- name: first\n  training: {steps: 1, learningRate: 1.0e-5}\n  tasks:\n" + task
                        + "- name: second\n  START\n  training: {steps: 1, learningRate: 1.0e-5}\n  tasks:\n" + task;

        assertThat(yaml(staged.replace("  START\n", "")).mistakes())
                .extracting(FieldError::pointer)
                .containsExactly("/stages/1/start");
        assertThat(yaml(staged.replace("START", "start: stage:first")).mistakes())
                .extracting(FieldError::pointer)
                .containsExactly("/stages/1/start");
        assertThat(yaml(staged.replace("START", "start: base")).mistakes()).isEmpty();
    }

    @Test
    void howThePolicyComputesMayBeSaid() {
        Input<RunSpec> draft = yaml(LEAST.replace(
                "\"hf:model\"",
                "\"hf:model\", precision: bf16, activationCheckpointing: true,"
                        + " lora: {rank: 8, alpha: 16, targetModules: [v_proj, q_proj, v_proj]}"));

        assertThat(draft.mistakes()).isEmpty();
        assertThat(draft.value().policy().precision()).isEqualTo(Precision.BF16);
        assertThat(draft.value().policy().activationCheckpointing()).isTrue();
        assertThat(draft.value().policy().lora()).isEqualTo(new Lora(8, 16, List.of("v_proj", "q_proj")));
    }

    @Test
    void anAdapterNeedsARankAndTheRestHasDefaults() {
        Lora expected =
                new Lora(8, 8, List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"));
        for (String lora : List.of("{rank: 8}", "{rank: 8, targetModules: all-linear}")) {
            Input<RunSpec> draft = yaml(LEAST.replace("\"hf:model\"", "\"hf:model\", lora: " + lora));
            assertThat(draft.mistakes()).isEmpty();
            assertThat(draft.value().policy().lora()).isEqualTo(expected);
        }
    }

    @Test
    void aSupervisedRunNeedsNeitherJudgesNorRewardModel() {
        Input<RunSpec> draft = yaml(SFT);

        assertThat(draft.mistakes()).isEmpty();
        assertThat(draft.value().tasks().getFirst().method()).isEqualTo(new Sft());
    }

    @Test
    void aRunOfStagesHasItsTrainingInThem() {
        String stages = """
                apiVersion: tribunal/v1
                name: recipe
                policy: {model: "hf:model"}
                stages:
                - name: sft
                  training: {steps: 3, learningRate: 1.0e-5}
                  tasks:
                  - {name: chat, method: sft, prompts: {source: "file:chat.jsonl", batchSize: 2}}
                - name: warm-up
                  training: {steps: 4, learningRate: 1.0e-6}
                  reference: base
                  tasks:
                  - {name: chat, method: dpo, prompts: {source: "file:pairs.jsonl", batchSize: 2}}
                """;
        Input<RunSpec> input = yaml(stages);

        assertThat(input.mistakes()).isEmpty();
        RunSpec spec = input.value();
        assertThat(spec.steps()).isEqualTo(7);
        assertThat(spec.stageOf(3)).isEqualTo("sft");
        assertThat(spec.stageOf(4)).isEqualTo("warm-up");
        assertThat(spec.stages().getLast())
                .isInstanceOfSatisfying(
                        Stage.Train.class,
                        train -> assertThat(train.reference()).isEqualTo(new RunSpec.Base()));
        assertThat(yaml(LEAST).value().allStages()).singleElement().satisfies(only -> {
            assertThat(only.name()).isEqualTo("train");
            assertThat(only.steps()).isEqualTo(3);
        });
        assertThat(yaml(stages + "training: {steps: 1, learningRate: 1}\n").mistakes())
                .extracting(FieldError::pointer)
                .containsExactly("/training");
        assertThat(yaml(stages.replace("name: warm-up", "name: sft").replace("method: dpo", "method: dp"))
                        .mistakes())
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder("/stages/1/name", "/stages/1/tasks/0/method");
    }

    @Test
    void yamlAndJsonSayTheSame() {
        String json = """
                {"apiVersion": "tribunal/v1", "name": "tune", "policy": {"model": "hf:model"},
                 "training": {"steps": 3, "learningRate": 1e-5},
                 "tasks": [{"name": "chat", "method": {"type": "sft"}, "prompts": {"source": "file:chat.jsonl", "batchSize": 2}}]}""";

        assertThat(InputReader.read(RunSpec.class, InputTree.parse(json, "application/json; charset=utf-8")))
                .isEqualTo(yaml(SFT));
    }

    @Test
    void eightMistakesGetOneAnswerWithEightPointers() {
        Input<RunSpec> draft = yaml("""
                apiVersion: tribunal/v2
                nam: typo
                policy: {model: "hf:model", temperature: hot}
                training: {steps: 0, learningRate: 1.0e-5}
                tasks:
                - name: math
                  prompts: {source: "file:a.jsonl", batchSize: 2, baseline: {field: a, generate: reference}}
                  rewardModel: helpfulness@1
                  judges: [{judg: length}]
                  method: {type: codpo, klMax: 10, lambda: 5}
                  generations: 4
                """);

        assertThat(draft.mistakes())
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder(
                        "/apiVersion",
                        "/name",
                        "/nam",
                        "/policy/temperature",
                        "/training/steps",
                        "/tasks/0/prompts/baseline/generate",
                        "/tasks/0/judges/0/judge",
                        "/tasks/0/judges/0/judg",
                        "/tasks/0/method/beta",
                        "/tasks/0/method/klMax");
        assertThat(detail(draft, "/nam")).contains("did you mean 'name'?");
        assertThat(detail(draft, "/policy/temperature")).isEqualTo("is \"hot\", must be a number");
        assertThat(draft.sound("/policy/model")).isTrue();
        assertThat(draft.sound("/tasks/0/judges/0/judge")).isFalse();
    }

    /** Each row changes one part of {@link #LEAST} and names the pointer and a part of what is said. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            steps: 3            | steps: 3.5            | /training/steps                      | whole number
            steps: 3            | steps: "3"            | /training/steps                      | is "3"
            steps: 3            | steps: 99999999999    | /training/steps                      | at most 1000000
            steps: 3            | stpes: 3              | /training/stpes                      | did you mean 'steps'
            1.0e-5              | 0                     | /training/learningRate               | more than 0
            1.0e-5              | 1.0e999               | /training/learningRate               | must be a number that is finite
            steps: 3            | steps: 3, schedule: x | /training/schedule                   | constant, linear, cosine
            name: math          | name: "a/b"           | /tasks/0/name                        | 'a/b'
            name: least         | name: 7               | /name                                | must be a text
            name: least         | name: "le\\0ast"       | /name                                | NUL character
            name: least         | {name: least, labels: {a: "\\0b"}} | /labels/a               | NUL character
            name: least         | {name: least, labels: [a]} | /labels                         | must be an object
            math-answer@1       | "math answer@1"       | /tasks/0/judges/0                    | NAME@VERSION
            helpfulness@1       | a@1@2                 | /tasks/0/rewardModel                 | NAME@VERSION
            type: crpg          | type: pop             | /tasks/0/method/type                 | crpg, crraft, codpo
            generations: 4      | generations: 0        | /tasks/0/generations                 | at least 1
            batchSize: 2        | batchSize: 100000     | /tasks/0/generations                 | 400000 completions
            "hf:model"          | "hf:model", temperature: 0 | /policy/temperature             | teach nothing
            "hf:model"          | "hf:model", topK: -1  | /policy/topK                         | at least 0
            "hf:model"          | "hf:model", topK: 2.5 | /policy/topK                         | whole number
            "hf:model"          | "hf:model", topP: 0   | /policy/topP                         | more than 0
            "hf:model"          | "hf:model", topP: 1.1 | /policy/topP                         | at most 1
            "hf:model"          | "hf:model", stop: end | /policy/stop                         | must be a list
            "hf:model"          | "hf:model", stop: [a, ""] | /policy/stop/1                   | must not be empty
            "hf:model"          | "hf:model", stop: [3] | /policy/stop/0                       | is 3
            "hf:model"          | "hf:model", precision: fp16 | /policy/precision              | fp32, bf16
            "hf:model"          | "hf:model", activationCheckpointing: yes | /policy/activationCheckpointing | true or false
            "hf:model"          | "hf:model", lora: 8   | /policy/lora                         | must be an object
            "hf:model"          | "hf:model", lora: {}  | /policy/lora/rank                    | is missing
            "hf:model"          | "hf:model", lora: {rank: 0} | /policy/lora/rank              | at least 1
            "hf:model"          | "hf:model", lora: {rank: 8, alpha: 0} | /policy/lora/alpha   | more than 0
            "hf:model"          | "hf:model", lora: {rank: 8, dropout: 0.1} | /policy/lora/dropout | is not known
            "hf:model"          | "hf:model", lora: {rank: 8, targetModules: linear} | /policy/lora/targetModules | 'all-linear'
            "hf:model"          | "hf:model", lora: {rank: 8, targetModules: []} | /policy/lora/targetModules | is empty
            "hf:model"          | "hf:model", lora: {rank: 8, targetModules: [q_proj, lm_head]} | /policy/lora/targetModules/1 | one of q_proj
            klMax: 10           | klMax: -1             | /tasks/0/method/klMax             | more than 0
            field: reference.answer | generate: policy  | /tasks/0/prompts/baseline/generate   | 'reference'
            field: reference.answer | ''                | /tasks/0/prompts/baseline/field      | is missing
            """)
    void aMistakeIsNamedWhereItStands(String right, String wrong, String pointer, String said) {
        String replacement =
                wrong.startsWith("{") ? wrong.substring(1, wrong.length() - 1).replace(", ", "\n") : wrong;
        Input<RunSpec> draft = yaml(LEAST.replace(right, replacement));

        assertThat(draft.mistakes()).anySatisfy(mistake -> {
            assertThat(mistake.pointer()).isEqualTo(pointer);
            assertThat(mistake.detail()).contains(said);
        });
    }

    @Test
    void aSupervisedRunRefusesWhatItWouldIgnore() {
        Input<RunSpec> draft = yaml(SFT.replace("{name: chat,", "{name: chat, judges: [length], rewardModel: a@1,"));

        assertThat(draft.mistakes())
                .extracting(FieldError::pointer)
                .containsExactly("/tasks/0/rewardModel", "/tasks/0/judges");
    }

    @Test
    void twoTasksMayNotShareAName() {
        Input<RunSpec> draft =
                yaml(SFT + "- {name: chat, method: sft, prompts: {source: \"file:b.jsonl\", batchSize: 1}}\n");

        assertThat(draft.mistakes()).extracting(FieldError::pointer).containsExactly("/tasks/1/name");
    }

    @Test
    void anExponentWithoutAPointIsANumberInYamlToo() {
        assertThat(yaml(LEAST.replace("1.0e-5", "1e-5")).value().training().learningRate())
                .isEqualTo(1e-5);
    }

    @Test
    void judgesMayCarryParametersOfAnyShape() {
        Input<RunSpec> draft = yaml(LEAST.replace(
                "[math-answer@1, length]", "[{judge: length, parameters: {max: 20, words: [a, {b: null}]}}]"));

        assertThat(draft.mistakes()).isEmpty();
        assertThat(draft.value().tasks().getFirst().judges().getFirst().parameters())
                .containsEntry("max", 20)
                .containsKey("words");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a: &x [1]\\nb: *x                | application/yaml | alias (*x) at line 2
            a: [1                           | application/yaml | line 1
            a: 1\\na: 2                      | application/yaml | line 2
            {"a": 1} {"b": 2}               | application/json | line 1
            [1]                             | application/json | must be an object
            a: 1\\n---\\nb: 2                 | application/yaml | line
            ''                              | application/yaml | must be an object
            a: 1                            | text/plain       | application/yaml
            """)
    void aBodyThatIsNoObjectIsRefusedWithItsPlace(String body, String type, String said) {
        assertThatThrownBy(() -> InputTree.parse(body.replace("\\n", "\n"), type))
                .isInstanceOf(TribunalException.class)
                .hasMessageContaining(said);
    }

    @Test
    void deepNestingIsRefused() {
        assertThatThrownBy(() -> InputTree.parse("[".repeat(100_000), "application/json"))
                .isInstanceOf(TribunalException.class);
        assertThatThrownBy(() -> InputTree.parse("[".repeat(100_000), "application/yaml"))
                .isInstanceOf(TribunalException.class);
    }

    private static Input<RunSpec> yaml(String body) {
        return InputReader.read(RunSpec.class, InputTree.parse(body, "application/yaml"));
    }

    private static String detail(Input<RunSpec> draft, String pointer) {
        return draft.mistakes().stream()
                .filter(mistake -> mistake.pointer().equals(pointer))
                .findFirst()
                .orElseThrow()
                .detail();
    }
}
