package dev.tribunal.trainer.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.common.Precision;
import dev.tribunal.contracts.judge.v1.registry.JudgeRegistryApi;
import dev.tribunal.contracts.reward.v1.RewardApi;
import dev.tribunal.contracts.runs.v1.run.RunResource.Condition;
import dev.tribunal.contracts.runs.v1.spec.PolicyEngine;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Judge;
import dev.tribunal.contracts.runs.v1.spec.RunSpec.Task;
import dev.tribunal.contracts.runs.v1.spec.Sampler;
import dev.tribunal.contracts.runs.v1.spec.Stage;
import dev.tribunal.languagemodel.Capability;
import dev.tribunal.languagemodel.WeightType;
import dev.tribunal.languagemodel.local.EngineSpeed;
import dev.tribunal.languagemodel.local.LocalEngine;
import dev.tribunal.servicekit.caller.Caller;
import dev.tribunal.servicekit.digest.Sha256;
import dev.tribunal.servicekit.error.TribunalException;
import dev.tribunal.servicekit.files.FileRoots;
import dev.tribunal.servicekit.http.ServiceClients;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import dev.tribunal.servicekit.input.InputTree;
import dev.tribunal.servicekit.outbound.OutboundProperties;
import dev.tribunal.trainer.StubServices;
import dev.tribunal.trainer.TinyPolicy;
import dev.tribunal.trainer.TrainerError;
import dev.tribunal.trainer.vllm.SamplerProperties;
import dev.tribunal.trainer.vllm.SamplerServers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.FileSystemUtils;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.json.JsonMapper;

class SpecResolverTest {

    private static final String SPEC = """
            apiVersion: tribunal/v1
            name: small
            policy: {model: "hf:policy", maxNewTokens: 8}
            training: {steps: 3, learningRate: 1.0e-5}
            tasks:
            - name: math
              prompts:
                source: "file:math.jsonl"
                batchSize: 2
                baseline: {field: answer}
                heldOut: "file:held-out.jsonl"
              rewardModel: helpfulness
              judges: [math-answer, {judge: length@1, parameters: {max: 5}}]
              method: {type: crpg, klMax: 10}
              generations: 4
            """;

    private static final String NOWHERE = "http://127.0.0.1:1";

    @TempDir
    private static Path home;

    private static StubServices services;

    @BeforeAll
    static void writeFiles() throws IOException {
        TinyPolicy.write(home.resolve("policy"), true);
        TinyPolicy.write(home.resolve("mute"), false);
        try (var model = new LocalEngine().withScalarHead(home.resolve("policy"))) {
            model.save(home.resolve("scorer"), WeightType.F32);
        }
        TinyPolicy.write(home.resolve("broken"), true);
        Path weights = home.resolve("broken/model.safetensors");
        Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 500));
        writeLines("math.jsonl", "{\"prompt\": \"1+1?\", \"reference\": {\"answer\": \"2\"}}");
        writeLines("demonstrations.jsonl", "{\"prompt\": \"1+1?\", \"completion\": \"2\"}");
        writeLines("held-out.jsonl", "{\"prompt\": \"2+2?\", \"answer\": \"4\"}");
        writeLines("no-answer.jsonl", "{\"prompt\": \"a\", \"answer\": \"1\"}", "{\"prompt\": \"b\"}");
        String tooLong = "{\"prompt\": \"%s\", \"answer\": \"b\"}"
                .formatted("yes ".repeat(23).strip());
        writeLines("long.jsonl", "{\"prompt\": \"a\", \"answer\": \"b\"}", "", tooLong);
        writeLines("bad.jsonl", "{\"prompt\": \"a\"}", "nonsense");
        services = new StubServices();
    }

    @AfterAll
    static void stop() {
        services.close();
    }

    /** An engine that can nothing of what not every engine can, and has nothing to say against a policy. */
    private static final EngineCheck ENGINES = new EngineCheck() {
        @Override
        public Set<Capability> capabilities(PolicyEngine engine) {
            return Set.of();
        }

        @Override
        public List<FieldError> mistakes(RunSpec.Policy policy, PolicyEngine engine) {
            return List.of();
        }
    };

    @Test
    void aSamplersServersSecretAndFolderAreCheckedWithTheRest() throws IOException {
        Files.createDirectories(home.resolve("shared"));
        String sampled = SPEC.replace(
                "maxNewTokens: 8",
                "maxNewTokens: 8, lora: {rank: 2}, sampler: {type: vllm, urls: [\"http://127.0.0.1:8000\"],"
                        + " adapters: \"file:shared\", secretRef: key}");

        assertThat(resolver(services.url())
                        .resolve(draft(sampled))
                        .spec()
                        .policy()
                        .sampler())
                .isInstanceOf(Sampler.Vllm.class);
        assertThat(mistakes(sampled.replace("127.0.0.1", "elsewhere").replace("file:shared", "file:nowhere")))
                .satisfiesExactly(
                        url -> assertThat(url)
                                .startsWith("/policy/sampler/urls/0 names the host 'elsewhere'")
                                .contains("tribunal.trainer.sampler.allowed-hosts"),
                        folder -> assertThat(folder)
                                .startsWith("/policy/sampler/adapters 'file:nowhere'")
                                .contains("does not exist"));
        assertThat(mistakes(sampled.replace("secretRef: key", "secretRef: other")))
                .singleElement()
                .asString()
                .startsWith("/policy/sampler/secretRef names 'other', which the trainer service does not have");
    }

    @Test
    void versionsAndDigestsArePinned() {
        SpecResolver.Resolved resolved = resolver(services.url()).resolve(draft(SPEC));

        String digest = new LocalEngine().inspect(home.resolve("policy")).digest();
        assertThat(resolved.spec().policy().digest()).isEqualTo(digest);
        Task task = resolved.spec().tasks().getFirst();
        assertThat(task.rewardModel()).isEqualTo("helpfulness@2");
        assertThat(task.rewardModelDigest()).isEqualTo("sha256:helpfulness");
        assertThat(task.judges())
                .containsExactly(
                        new Judge("math-answer@2", "sha256:math-answer", Map.of()),
                        new Judge("length@1", "sha256:length", Map.of("max", 5)));
        assertThat(resolved.conditions()).isEmpty();
    }

    @Test
    void aResolvedSpecResolvesToItself() {
        SpecResolver resolver = resolver(services.url());
        var once = resolver.resolve(draft(SPEC)).spec();

        Input<RunSpec> again = InputReader.read(
                RunSpec.class, InputTree.parse(new JsonMapper().writeValueAsString(once), "application/json"));

        assertThat(again.mistakes()).isEmpty();
        assertThat(resolver.resolve(again).spec()).isEqualTo(once);
    }

    private static final String ROUNDS = """
            apiVersion: tribunal/v1
            name: rounds
            policy: {model: "hf:policy", maxNewTokens: 8}
            stages:
            - type: repeat
              times: 2
              stages:
              - {name: answers, type: generate, source: "file:math.jsonl", generations: 4}
              - {name: pairs, type: label, source: "stage:answers", write: best-over-worst, rewardModel: helpfulness, accumulate: true}
              - name: dpo
                training: {steps: 3, learningRate: 1.0e-5}
                tasks: [{name: t, method: dpo, prompts: {source: "stage:pairs", batchSize: 2}}]
            - {name: mean, type: soup, parts: ["stage:dpo.1", {model: "stage:dpo", weight: 3}, "hf:policy"]}
            """;

    @Test
    void roundsBecomeStagesOneAfterTheOther() {
        SpecResolver resolver = resolver(services.url());
        assertThat(draft(ROUNDS).mistakes()).isEmpty();
        RunSpec spec = resolver.resolve(draft(ROUNDS)).spec();

        assertThat(spec.stages())
                .extracting(Stage::name)
                .containsExactly("answers.1", "pairs.1", "dpo.1", "answers.2", "pairs.2", "dpo.2", "mean");
        assertThat(spec.steps()).isEqualTo(6);
        Stage.Label pairs = (Stage.Label) spec.stages().get(4);
        assertThat(pairs.source()).isEqualTo("stage:answers.2");
        assertThat(pairs.also()).containsExactly("stage:pairs.1");
        assertThat(pairs.rewardModel()).isEqualTo("helpfulness@2");
        assertThat(spec.stages().get(5).tasks().getFirst().prompts().source()).isEqualTo("stage:pairs.2");
        assertThat(((Stage.Soup) spec.stages().getLast()).parts())
                .extracting(RunSpec.SoupPart::model)
                .containsExactly("stage:dpo.1", "stage:dpo.2", "hf:policy");
        assertThat(((Stage.Generate) spec.stages().getFirst()).sourceDigest()).hasSize(64);
        Input<RunSpec> again = InputReader.read(
                RunSpec.class, InputTree.parse(new JsonMapper().writeValueAsString(spec), "application/json"));
        assertThat(again.mistakes()).isEmpty();
        assertThat(resolver.resolve(again).spec()).isEqualTo(spec);
    }

    /** As the authors of IRL do: what the first round made is not kept. */
    @Test
    void roundsKeepThePairsFromTheOneThatIsNamed() {
        RunSpec spec = resolver(services.url())
                .resolve(draft(ROUNDS.replace("times: 2", "times: 4")
                        .replace("accumulate: true", "accumulate: true, accumulateFrom: 2")))
                .spec();
        assertThat(spec.stages().stream()
                        .filter(stage -> stage instanceof Stage.Label)
                        .map(stage -> ((Stage.Label) stage).also()))
                .containsExactly(List.of(), List.of(), List.of("stage:pairs.2"), List.of("stage:pairs.3"));
    }

    private static final String LABELS = """
            apiVersion: tribunal/v1
            name: labels
            policy: {model: "hf:policy", maxNewTokens: 8}
            stages:
            - {name: tree, type: generate, source: "file:math.jsonl", tree: {depth: 2, branching: 3, segmentTokens: 2}}
            - {name: pairs, type: label, source: "stage:tree", write: {type: higher-over-lower, comparisons: 2}, rewardModel: helpfulness}
            - {name: votes, type: label, source: "stage:pairs", write: {type: ensemble-votes, flip: 0.1}, rewardModels: [helpfulness, {model: helpfulness, name: again}]}
            - {name: told, type: label, source: "stage:tree", write: rewards-in-context, rewardModels: [helpfulness]}
            - {name: asked, type: generate, source: "file:math.jsonl", goals: {of: "stage:told"}}
            """;

    @Test
    void labellersArePinnedLikeTasks() {
        SpecResolver resolver = resolver(services.url());
        assertThat(draft(LABELS).mistakes()).isEmpty();
        RunSpec spec = resolver.resolve(draft(LABELS)).spec();

        assertThat(((Stage.Label) spec.stages().get(2)).rewardModels())
                .extracting(RunSpec.RewardModel::model)
                .containsExactly("helpfulness@2", "helpfulness@2");
        Input<RunSpec> again = InputReader.read(
                RunSpec.class, InputTree.parse(new JsonMapper().writeValueAsString(spec), "application/json"));
        assertThat(again.mistakes()).isEmpty();
        assertThat(resolver.resolve(again).spec()).isEqualTo(spec);
    }

    @Test
    void whatALabellerCannotUseIsAMistake() {
        assertThat(mistakes(LABELS.replace(", {model: helpfulness, name: again}", "")))
                .containsExactly("/stages/2/rewardModels are 1, but what is written needs the scores of at least 2");
        assertThat(mistakes(LABELS.replace("comparisons: 2}, rewardModel: helpfulness", "comparisons: 2}")))
                .containsExactly("/stages/1/rewardModel is missing: it gives the scores that decide");
        assertThat(mistakes(LABELS.replace("source: \"stage:pairs\"", "source: \"stage:tree\"")))
                .containsExactly(
                        "/stages/2/source names the stage 'tree', which leaves generations; wanted here: pairs");
        assertThat(mistakes(LABELS.replace("segmentTokens: 2}", "segmentTokens: 2}, generations: 4")))
                .containsExactly("/stages/0/generations stands beside tree, which says how many completions there are;"
                        + " remove it");
        assertThat(mistakes(LABELS.replace("depth: 2, branching: 3", "depth: 9, branching: 3")))
                .singleElement()
                .asString()
                .contains("more than 1024 leaves");
        assertThat(mistakes(LABELS.replace("of: \"stage:told\"", "of: \"stage:votes\"")))
                .containsExactly(
                        "/stages/4/goals/of names the stage 'votes', which leaves pairs; wanted here: demonstrations");
    }

    @Test
    void whatNoEarlierStageLeavesIsAMistake() {
        String wrong = ROUNDS.replace("source: \"stage:pairs\"", "source: \"stage:answer\"")
                .replace("\"stage:dpo.1\"", "\"stage:pairs.1\"")
                .replace("source: \"stage:answers\"", "source: \"stage:dpo\"");

        assertThat(mistakes(wrong))
                .containsExactlyInAnyOrder(
                        "/stages/0/stages/1/source names the stage 'dpo', but no earlier stage is called that"
                                + "; known here: answers, answers.1, answers.2",
                        "/stages/0/stages/2/tasks/0/prompts/source names the stage 'answer', but no earlier stage is"
                                + " called that; did you mean 'answers'?",
                        "/stages/1/parts/0/model names the stage 'pairs.1', which leaves pairs; wanted here: policy");
        assertThat(mistakes(ROUNDS.replace("times: 2", "times: 200")))
                .containsExactly(
                        "/stages are 601 with all rounds, may be 256; lower the times of a repeat, or train more"
                                + " steps in each");
    }

    private static List<String> mistakes(String spec) {
        var refused = catchThrowableOfType(
                TribunalException.class, () -> resolver(services.url()).resolve(draft(spec)));
        return refused.errors().stream()
                .map(error -> error.pointer() + " " + error.detail())
                .toList();
    }

    @Test
    void aRatedAnswerHasItsRatingAndWhatWasExpected() throws IOException {
        String task = SPEC.substring(0, SPEC.indexOf("tasks:"))
                + "tasks:\n- {name: rated, method: a-lol, prompts: {source: \"file:rated.jsonl\", batchSize: 1}}\n";
        String sound = "{\"prompt\": \"1+1?\", \"completion\": \"2\", \"rating\": 0.7, \"expectedRating\": 0.4}";
        writeLines("rated.jsonl", sound);
        assertThat(resolver(services.url()).resolve(draft(task)).complete()).isTrue();

        writeLines("rated.jsonl", sound, "{\"prompt\": \"1+1?\", \"rating\": \"high\"}");
        assertThat(refusal(services.url(), task).errors()).singleElement().satisfies(error -> {
            assertThat(error.pointer()).isEqualTo("/tasks/0/prompts/source");
            assertThat(error.detail())
                    .contains(
                            "line 2",
                            "has no \"completion\" that is rated",
                            "has no number as \"rating\"",
                            "has no number as \"expectedRating\"");
        });
    }

    @Test
    void whatIsSaidOfAPairsLabelIsRead() throws IOException {
        String task = SPEC.substring(0, SPEC.indexOf("tasks:"))
                + "tasks:\n- {name: t, method: lcpo, prompts: {source: \"file:pairs.jsonl\", batchSize: 1}}\n";
        String pair = "{\"prompt\": \"1+1?\", \"chosen\": \"2\", \"rejected\": \"3\", ";
        writeLines(
                "pairs.jsonl",
                pair + "\"labelProbability\": 0.7, \"margin\": -1.5, \"annotator\": \"ann.7\"}",
                pair + "\"annotator\": 17}",
                pair + "\"margin\": null}");
        assertThat(resolver(services.url()).resolve(draft(task)).complete()).isTrue();

        writeLines(
                "pairs.jsonl",
                pair + "\"labelProbability\": 1.7, \"margin\": \"wide\", \"annotator\": \"Ann Lee\"}",
                pair + "\"annotator\": {\"name\": \"Ann\"}}");
        assertThat(refusal(services.url(), task).errors())
                .singleElement()
                .extracting(FieldError::detail)
                .asString()
                .contains(
                        "line 1",
                        "has no number from 0 to 1 as \"labelProbability\"",
                        "has no number as \"margin\"",
                        "has as \"annotator\" what is not 1 to 63",
                        "line 2");
    }

    @Test
    void aSoupsPartsArePinnedEachAtItsPlace() {
        String spec = SPEC.replace(
                "policy: {",
                "reference: {type: soup, parts: [{model: \"hf:policy\", weight: 0.5}, {model: \"hf:%s\", weight: 0.5}]}\npolicy: {");
        String digest = new LocalEngine().inspect(home.resolve("policy")).digest();

        assertThat(resolver(services.url())
                        .resolve(draft(spec.formatted("policy")))
                        .spec()
                        .reference())
                .isEqualTo(new RunSpec.Soup(List.of(
                        new RunSpec.SoupPart("hf:policy", digest, 0.5),
                        new RunSpec.SoupPart("hf:policy", digest, 0.5))));
        assertThat(catchThrowableOfType(
                                TribunalException.class,
                                () -> resolver(services.url()).resolve(draft(spec.formatted("nowhere"))))
                        .errors())
                .extracting(FieldError::pointer)
                .containsExactly("/reference/parts/1/model");
    }

    @Test
    void whatIsMixedHasThePolicysShape() throws IOException {
        TinyPolicy.write(home.resolve("deep"), true, 2);
        String reference =
                SPEC.replace("policy: {", "reference: {type: soup, parts: [\"hf:policy\", \"hf:deep\"]}\npolicy: {");
        String stage = ROUNDS.replace("\"hf:policy\"]", "\"hf:deep\"]");

        assertThat(mistakes(reference))
                .containsExactly(
                        "/reference/parts/1/model 'hf:deep' is of another shape than the policy; weights are mixed one by one");
        assertThat(mistakes(stage))
                .containsExactly(
                        "/stages/1/parts/2/model 'hf:deep' is of another shape than the policy; weights are mixed one by one");
    }

    @Test
    void howThePolicyComputesIsKept() {
        String spec = SPEC.replace("{model: \"hf:policy\"", "{precision: bf16, lora: {rank: 4}, model: \"hf:policy\"");
        SpecResolver resolver = resolver(services.url());
        var once = resolver.resolve(draft(spec)).spec();

        assertThat(once.policy().lora())
                .isEqualTo(draft(spec).value().policy().lora())
                .isNotNull();
        Input<RunSpec> again = InputReader.read(
                RunSpec.class, InputTree.parse(new JsonMapper().writeValueAsString(once), "application/json"));
        assertThat(again.mistakes()).isEmpty();
        assertThat(resolver.resolve(again).spec()).isEqualTo(once);
    }

    /** ONEDNN_MAX_CPU_ISA=AVX2 makes the processor one without. */
    @Test
    void bf16IsKeptWhereTheProcessorHasItAndElseTheRunSaysThatItIsFp32() {
        String spec = SPEC.replace("{model: \"hf:policy\"", "{precision: bf16, model: \"hf:policy\"");
        boolean has = EngineSpeed.isWorthwhile(dev.tribunal.languagemodel.Precision.BF16);

        SpecResolver.Resolved resolved = resolver(services.url()).resolve(draft(spec));

        assertThat(resolved.spec().policy().precision()).isEqualTo(has ? Precision.BF16 : Precision.FP32);
        assertThat(resolved.conditions())
                .filteredOn(condition -> condition.type().equals("precision-fp32"))
                .hasSize(has ? 0 : 1)
                .allSatisfy(condition -> assertThat(condition.message()).contains("bf16", "fp32"));
    }

    @Test
    void aTurnEndThatTheCheckpointDoesNotListIsTold() throws IOException {
        assertThat(resolver(services.url()).resolve(draft(SPEC)).conditions())
                .extracting(Condition::type)
                .doesNotContain("turn-end-unlisted");
        Path changed = copy(home.resolve("policy"), home.resolve("unlisted"));
        Path configuration = changed.resolve("tokenizer_config.json");
        Files.writeString(configuration, Files.readString(configuration).replace("eos_token", "bos_token"));
        Files.writeString(
                changed.resolve("config.json"),
                Files.readString(changed.resolve("config.json"))
                        .replaceFirst("(\"eos_token_id\"[^0-9]*)[0-9]+", "$13"));

        assertThat(resolver(services.url())
                        .resolve(draft(SPEC.replace("hf:policy", "hf:unlisted")))
                        .conditions())
                .filteredOn(condition -> condition.type().equals("turn-end-unlisted"))
                .singleElement()
                .satisfies(condition -> assertThat(condition.message()).contains("<end>", "generation_config.json"));
    }

    private static Path copy(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        try (var files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    @Test
    void whatAJudgeNeedsEveryPromptMustHave() {
        String spec = SPEC.replace("[math-answer,", "[picky,");

        assertThatThrownBy(() -> resolver(services.url()).resolve(draft(spec)))
                .isInstanceOfSatisfying(
                        TribunalException.class,
                        refused -> assertThat(refused.errors()).singleElement().satisfies(error -> {
                            assertThat(error.pointer()).isEqualTo("/tasks/0/prompts/heldOut");
                            assertThat(error.detail()).contains("line 1", "\"reference.answer\"", "'picky@2' needs");
                        }));
    }

    @Test
    void aTaskWithoutJudgesIsAllowedAndSaid() {
        String spec = SPEC.replaceFirst("judges: .*", "judges: []");

        assertThat(resolver(services.url()).resolve(draft(spec)).conditions())
                .extracting(Condition::type)
                .containsExactly("no-judges:math");
    }

    @Test
    void aReferenceHasToReadWhatThePolicyWrites() throws IOException {
        TinyPolicy.write(home.resolve("near-sighted"), true);
        Path config = home.resolve("near-sighted/config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replaceFirst("\"max_position_embeddings\" ?: ?32", "\"max_position_embeddings\":16"));

        assertThatThrownBy(() -> resolver(services.url())
                        .resolve(draft(SPEC + "reference: {type: checkpoint, model: \"hf:near-sighted\"}\n")))
                .isInstanceOfSatisfying(
                        TribunalException.class,
                        refused -> assertThat(refused.errors()).singleElement().satisfies(error -> {
                            assertThat(error.pointer()).isEqualTo("/reference/model");
                            assertThat(error.detail()).contains("16 positions", "the policy 32");
                        }));
    }

    @Test
    void whatIsTrueOfSeveralStagesIsSaidOnce() {
        String stages = """
                apiVersion: tribunal/v1
                name: twice
                policy: {model: "hf:policy", maxNewTokens: 8}
                stages:
                - type: repeat
                  times: 2
                  stages:
                  - name: rl
                    training: {steps: 1, learningRate: 1.0e-5}
                    tasks:
                    - name: math
                      method: rloo
                      prompts: {source: "file:math.jsonl", batchSize: 2, baseline: {generate: reference}}
                      rewardModel: helpfulness
                      generations: 2
                """;

        assertThat(resolver(services.url()).resolve(draft(stages)).conditions())
                .extracting(Condition::type)
                .containsExactly("no-judges:math");
    }

    @Test
    void mistakesOfFormDoNotHideMistakesOfFact() {
        TribunalException problem = refusal(
                services.url(),
                SPEC.replace("steps: 3", "steps: none")
                        .replace("hf:policy", "hf:absent")
                        .replace("math.jsonl", "bad.jsonl")
                        .replace("rewardModel: helpfulness", "rewardModel: unheard-of")
                        .replace("[math-answer,", "[old, math-answr,")
                        .replace("max: 5", "maximum: 5")
                        .replace("klMax: 10", "klMax: 0, kl: 1"));

        assertThat(problem.code()).isEqualTo(TrainerError.INVALID_SPEC);
        assertThat(problem.errors())
                .extracting(FieldError::pointer)
                .containsExactlyInAnyOrder(
                        "/training/steps",
                        "/policy/model",
                        "/tasks/0/prompts/source",
                        "/tasks/0/rewardModel",
                        "/tasks/0/judges/0",
                        "/tasks/0/judges/1",
                        "/tasks/0/judges/2/parameters/maximum",
                        "/tasks/0/method/klMax",
                        "/tasks/0/method/kl");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hf:policy      | hf:absent          | /policy/model           | absent does not exist
            hf:policy      | hf:broken          | /policy/model           | model.safetensors
            hf:policy      | hf:mute            | /policy/model           | no chat template
            hf:policy      | hf:scorer          | /policy/model           | needs a language model
            hf:policy      | hf:../../etc       | /policy/model           | outside the folders
            hf:policy      | hf:policy", digest: "x | /policy/digest      | remove the digest
            maxNewTokens: 8 | maxNewTokens: 32  | /policy/maxNewTokens    | 32 positions
            math.jsonl     | absent.jsonl       | /tasks/0/prompts/source | absent.jsonl does not exist
            math.jsonl     | bad.jsonl          | /tasks/0/prompts/source | line 2
            math.jsonl     | no-answer.jsonl    | /tasks/0/prompts/source | line 2: has no "answer"
            math.jsonl     | long.jsonl         | /tasks/0/prompts/source | line 3: has 26 tokens, which with
            math.jsonl     | held-out.jsonl     | /tasks/0/prompts/heldOut | trains on
            held-out.jsonl | no-answer.jsonl    | /tasks/0/prompts/heldOut | line 2
            rewardModel: helpfulness | rewardModel: slow@1 | /tasks/0/rewardModel | 25 %
            rewardModel: helpfulness | rewardModel: nearsighted | /tasks/0/rewardModel | reads at most 9 tokens, but the longest prompt of
            rewardModel: helpfulness | rewardModels: [none@1] | /tasks/0/rewardModels/0 | is not known to the reward service
            rewardModel: helpfulness | rewardModel: none@1 | /tasks/0/rewardModel | is not known to the reward service
            [math-answer,  | [nobody,           | /tasks/0/judges/0       | is not known to the judge service
            [math-answer,  | [old,              | /tasks/0/judges/0       | is retired, must be active
            [math-answer,  | [math-answer@2, math-answer, | /tasks/0/judges/1 | would only be asked twice
            """)
    void aMistakeOfFactIsNamedWhereItStands(String right, String wrong, String pointer, String said) {
        TribunalException problem = refusal(services.url(), SPEC.replace(right, wrong));

        assertThat(problem.errors()).singleElement().satisfies(error -> {
            assertThat(error.pointer()).isEqualTo(pointer);
            assertThat(error.detail()).contains(said);
        });
        assertThat(problem).hasMessageContaining(said);
    }

    @Test
    void noTaskTrainsOnWhatAnotherHoldsOut() {
        String other = SPEC.substring(SPEC.indexOf("- name: math"))
                .replace("name: math", "name: other")
                .replaceFirst("\n *heldOut.*", "")
                .replace("math.jsonl", "held-out.jsonl");

        assertThat(refusal(services.url(), SPEC + other).errors())
                .containsExactly(new FieldError(
                        "/tasks/0/prompts/heldOut", "is a file that the run trains on; hold other prompts out"));
    }

    @Test
    void aSupervisedRunNeedsCompletionsAndNoServices() throws IOException {
        String spec = """
                apiVersion: tribunal/v1
                name: tune
                policy: {model: "hf:policy"}
                training: {steps: 3, learningRate: 1.0e-5}
                tasks:
                - {name: math, method: sft, prompts: {source: "file:demonstrations.jsonl", batchSize: 1}}
                """;

        assertThat(resolver(NOWHERE).resolve(draft(spec)).spec().policy().digest())
                .isNotNull();
        assertThat(refusal(NOWHERE, spec.replace("demonstrations", "math")).errors())
                .containsExactly(new FieldError(
                        "/tasks/0/prompts/source",
                        home.toRealPath().resolve("math.jsonl") + ": line 1: has no \"completion\" to learn"));
    }

    @Test
    void servicesThatCannotBeReachedAreNamedWithTheirUrl() {
        TribunalException problem = refusal(NOWHERE, SPEC);

        assertThat(problem.code()).isEqualTo(TrainerError.DEPENDENCY_UNREACHABLE);
        assertThat(problem.errors())
                .extracting(FieldError::pointer)
                .containsExactly("/tasks/0/rewardModel", "/tasks/0/judges/0", "/tasks/0/judges/1");
        assertThat(problem.errors())
                .allSatisfy(error -> assertThat(error.detail()).contains(NOWHERE, "cannot be reached"));
    }

    @Test
    void promptFilesArePinnedByTheirDigests() {
        Task task = resolver(services.url()).resolve(draft(SPEC)).spec().tasks().getFirst();

        String digest = Sha256.hex("{\"prompt\": \"1+1?\", \"reference\": {\"answer\": \"2\"}}\n");
        assertThat(task.prompts().sourceDigest()).isEqualTo(digest);
        assertThat(task.prompts().heldOutDigest()).hasSize(64).isNotEqualTo(digest);
        assertThat(refusal(services.url(), SPEC.replace("batchSize: 2", "batchSize: 2\n    sourceDigest: abc"))
                        .errors())
                .singleElement()
                .satisfies(error -> {
                    assertThat(error.pointer()).isEqualTo("/tasks/0/prompts/sourceDigest");
                    assertThat(error.detail()).contains("is 'abc'", digest);
                });
    }

    @Test
    void whatAJudgeCannotReadIsNamedWithItsLine() throws IOException {
        writeLines(
                "book.jsonl",
                "{\"prompt\": \"a\", \"answer\": \"1\", \"reference\": {\"answer\": \"1\"}}",
                "",
                "{\"prompt\": \"b\", \"answer\": \"1\", \"reference\": {\"answer\": \"see the book\"}}");
        String spec = SPEC.replace("math.jsonl", "book.jsonl").replace("[math-answer,", "[exam,");

        assertThat(refusal(services.url(), spec).errors()).singleElement().satisfies(error -> {
            assertThat(error.pointer()).isEqualTo("/tasks/0/prompts/source");
            assertThat(error.detail())
                    .contains("line 3: the judge 'exam@2' says of /reference/answer: is not an answer")
                    .doesNotContain("line 1");
        });
    }

    @Test
    void whoIsAwayIsToldAndDoesNoHarm() {
        assertThat(resolver(services.url())
                        .resolve(draft(SPEC.replace("[math-answer,", "[away,")
                                .replace("rewardModel: helpfulness", "rewardModel: remote")))
                        .conditions())
                .extracting(condition -> condition.type(), condition -> condition.message())
                .containsExactly(
                        tuple(
                                "reward-model-away:remote@2",
                                "the reward model 'remote@2' is away: it gives no score (unreachable: refused);"
                                        + " bring it back before the run asks it"),
                        tuple(
                                "judge-away:away@2",
                                "the judge 'away@2' is away: did not answer when it was looked at, at"
                                        + " 1970-01-01T00:00:00Z (connection refused); bring it back before the run"
                                        + " asks it"));
    }

    @Test
    void aJudgeThatDoesNotLookAtPromptsIsToldAndDoesNoHarm() {
        assertThat(resolver(services.url())
                        .resolve(draft(SPEC.replace("[math-answer,", "[absent,")))
                        .conditions())
                .singleElement()
                .satisfies(condition -> {
                    assertThat(condition.type()).isEqualTo("prompts-not-shown:absent@2");
                    assertThat(condition.message()).contains("it did not answer");
                });
    }

    @Test
    void aFileThatManyTasksNameIsReadOnce() throws IOException {
        writeLines("shared.jsonl", "{\"prompt\": \"a\"}", "{\"prompt\": \"b\"}", "{\"prompt\": \"c\"}");
        String spec = SPEC.replaceFirst("\n *heldOut.*", "")
                .replace("math.jsonl", "shared.jsonl")
                .replace("{field: answer}", "{generate: reference}")
                .replaceFirst("judges: .*", "judges: [exam]");
        String task = spec.substring(spec.indexOf("- name: math"));
        int before = services.checked();

        resolver(services.url())
                .resolve(draft(
                        spec + task.replace("name: math", "name: two") + task.replace("name: math", "name: three")));

        assertThat(services.checked() - before)
                .as("prompts that the judge was shown")
                .isEqualTo(3);
    }

    @Test
    void whatTrainsATaskIsNotHeldOutOfIt() {
        assertThat(mistakes(SPEC + """
                evaluation:
                  every: 1
                  heldOutJudges: [math-answer, {judge: length@1, tasks: [maths]}]
                  heldOutRewardModels: [helpfulness]
                  best: {metric: kl}
                """))
                .satisfiesExactlyInAnyOrder(
                        mistake -> assertThat(mistake)
                                .contains("/evaluation/heldOutJudges/0", "which trains task 'math' as well"),
                        mistake -> assertThat(mistake).contains("/evaluation/heldOutJudges/1/tasks/0", "is 'maths'"),
                        mistake -> assertThat(mistake)
                                .contains("/evaluation/heldOutRewardModels/0", "which trains task 'math' as well"),
                        mistake -> assertThat(mistake)
                                .contains("/evaluation/best/metric", "is 'kl'", "heldOut.feasibleRate"));
    }

    @Test
    void heldOutPromptsThatAreTrainedOnAreCounted() throws IOException {
        writeLines("overlap-source.jsonl", promptLines("one", "two", "three", "four", "five"));
        writeLines("overlap-held.jsonl", promptLines("six", " two ", "seven", "four", "eight"));
        String spec =
                SPEC.replace("math.jsonl", "overlap-source.jsonl").replace("held-out.jsonl", "overlap-held.jsonl");

        assertThat(resolver(services.url()).resolve(draft(spec)).conditions())
                .singleElement()
                .satisfies(condition -> {
                    assertThat(condition.type()).isEqualTo("held-out-trained-on:math:overlap-source.jsonl");
                    assertThat(condition.message())
                            .contains("2 of 5 held-out prompts of task 'math'", "lines 2, 4 of overlap-held");
                });
    }

    /** The pair of the collection of failing inputs, where it lies beside the project. */
    @Test
    void theCollectedPairSharesThreeOfTenPrompts() throws IOException {
        Path cases = Path.of("../../shared/cases/prompts");
        assumeTrue(Files.isDirectory(cases));
        Files.copy(cases.resolve("S09-source.jsonl"), home.resolve("s09.jsonl"));
        Files.copy(cases.resolve("S09-heldout-3of10.jsonl"), home.resolve("s09-held.jsonl"));
        String spec = SPEC.replace("math.jsonl", "s09.jsonl")
                .replace("held-out.jsonl", "s09-held.jsonl")
                .replace("field: answer", "field: baseline");

        assertThat(resolver(services.url()).resolve(draft(spec)).conditions())
                .singleElement()
                .satisfies(condition -> assertThat(condition.message()).contains("3 of 10", "lines 1, 2, 3 of"));
    }

    @Test
    void aRunMayHave64Tasks() {
        String task = SPEC.substring(SPEC.indexOf("- name: math"));
        StringBuilder many = new StringBuilder(SPEC);
        for (int i = 1; i < 65; i++) {
            many.append(task.replace("name: math", "name: math" + i));
        }

        assertThat(refusal(services.url(), many.toString()).errors())
                .containsExactly(new FieldError("/tasks", "has 65 elements, may have 64"));
    }

    @Test
    void whatIsNotCheckedInTimeIsToldAndPinsNothing() {
        SpecResolver.Resolved resolved = resolver(services.url())
                .resolve(SPEC, "application/yaml", Supplier::get, new Checking(() -> true, words -> {}));

        assertThat(resolved.complete()).isFalse();
        assertThat(resolved.conditions()).singleElement().satisfies(condition -> {
            assertThat(condition.type()).isEqualTo(Checking.UNCHECKED);
            assertThat(condition.message()).contains("math.jsonl", "held-out.jsonl", "the first 0 lines");
        });
        assertThat(resolved.spec().tasks().getFirst().prompts().sourceDigest()).isNull();
        assertThat(resolver(services.url())
                        .resolve(resolved.spec(), Checking.ALL)
                        .complete())
                .isTrue();
    }

    private static String[] promptLines(String... prompts) {
        return Arrays.stream(prompts)
                .map(prompt -> "{\"prompt\": \"" + prompt + "\", \"answer\": \"1\"}")
                .toArray(String[]::new);
    }

    /** It is up, and says what is the matter; nobody is to start it. */
    @Test
    void aServiceWhoseDatabaseIsAwayIsNotCalledAway() throws IOException {
        HttpServer service = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        service.createContext("/", exchange -> {
            byte[] problem =
                    "{\"code\":\"database_unavailable\",\"detail\":\"The database of the reward service is away.\"}"
                            .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
            exchange.sendResponseHeaders(503, problem.length);
            exchange.getResponseBody().write(problem);
            exchange.close();
        });
        service.start();
        try {
            TribunalException problem =
                    refusal("http://127.0.0.1:" + service.getAddress().getPort(), SPEC);

            assertThat(problem.code().status().value()).isEqualTo(503);
            assertThat(problem.errors().getFirst().detail())
                    .contains("database_unavailable", "database of the reward service")
                    .doesNotContain("cannot be reached", "start it");
        } finally {
            service.stop(0);
        }
    }

    @Test
    void whatTheEngineLacksIsToldAtOnce() {
        String spec = SPEC.replace(
                        "maxNewTokens: 8}",
                        "maxNewTokens: 8, temperature: 0.7, engine: {type: tinker, url: \"http://gpu\", baseModel: big}}")
                .replace(
                        "learningRate: 1.0e-5}",
                        "learningRate: 1.0e-5, critic: {learningRate: 1.0e-5}}\n"
                                + "combiner: mgda\n"
                                + "reference: {type: checkpoint, model: \"hf:policy\"}");
        String ppo = "- name: critical\n  prompts: {source: \"file:math.jsonl\", batchSize: 2}\n"
                + "  rewardModel: helpfulness\n  method: ppo\n  generations: 4\n";
        String tdpo = "- name: given\n  prompts: {source: \"file:math.jsonl\", batchSize: 2}\n  method: tdpo\n";

        assertThat(mistakes(spec + ppo + tdpo))
                .anySatisfy(mistake -> assertThat(mistake).contains("/policy/temperature", "is 0.7", "temperature 1"))
                .anySatisfy(mistake -> assertThat(mistake).contains("/tasks/1/method", "has a critic", "no critic"))
                .anySatisfy(mistake -> assertThat(mistake).contains("/tasks/2/method", "KL of each token"))
                .anySatisfy(mistake -> assertThat(mistake).contains("/combiner", "all gradients into one"))
                .anySatisfy(mistake -> assertThat(mistake).contains("/training/critic", "no critic"))
                .anySatisfy(mistake -> assertThat(mistake).contains("/reference", "policy.engine does not have"));
    }

    private static void writeLines(String file, String... lines) throws IOException {
        Files.write(home.resolve(file), List.of(lines));
    }

    @Test
    void whatARunHasWrittenIsNamedByThoseWhoSeeTheRunAlone() throws IOException {
        Path written = home.resolve("runs/run_blue/step-1");
        FileSystemUtils.copyRecursively(home.resolve("policy"), written);
        FileSystemUtils.copyRecursively(home.resolve("policy"), home.resolve("runs/left-over"));
        Caller blue = new Caller("bo", Set.of("blue"), "blue");
        Caller red = new Caller("ria", Set.of("red", "green"), "red");
        Input<RunSpec> spec = draft(SPEC.replace("hf:policy", "hf:runs/run_blue/step-1"));
        SpecResolver resolver = resolver(services.url());

        assertThat(blue.run(() -> resolver.resolve(spec)).spec().policy().model())
                .isEqualTo("hf:runs/run_blue/step-1");
        assertThat(resolver.resolve(spec).complete()).isTrue(); // the platform's own work
        for (String hidden : List.of("hf:runs/run_blue/step-1", "hf:" + written, "hf:runs/left-over", "hf:runs")) {
            Input<RunSpec> theirs = draft(SPEC.replace("hf:policy", hidden));
            TribunalException refused =
                    catchThrowableOfType(TribunalException.class, () -> red.run(() -> resolver.resolve(theirs)));
            assertThat(refused).as(hidden).isNotNull();
            assertThat(refused.errors())
                    .extracting(FieldError::pointer, FieldError::detail)
                    .as(hidden)
                    .containsExactly(tuple(
                            "/policy/model",
                            "'" + hidden + "': there is no run in your namespaces that has written this;"
                                    + " name what a run of yours has written"));
        }
    }

    private static TribunalException refusal(String url, String spec) {
        return catchThrowableOfType(TribunalException.class, () -> resolver(url).resolve(draft(spec)));
    }

    private static Input<RunSpec> draft(String spec) {
        return InputReader.read(RunSpec.class, InputTree.parse(spec, "application/yaml"));
    }

    private static SpecResolver resolver(String url) {
        ServiceClients clients = new ServiceClients("0123456789abcdef", new JsonMapper());
        Duration patience = Duration.ofSeconds(5);
        return new SpecResolver(
                new FileRoots(List.of(home)),
                new RunFolders(
                        home.resolve("runs"),
                        run -> Optional.of(run).filter("run_blue"::equals).map(id -> "blue")),
                new LocalEngine(),
                new Dependencies(
                        url,
                        clients.client(JudgeRegistryApi.class, url, patience),
                        url,
                        clients.client(RewardApi.class, url, patience)),
                webhook -> List.of(),
                ENGINES,
                new SamplerServers(new SamplerProperties(
                        new OutboundProperties(List.of("127.0.0.1"), Map.of("key", "sesame"), null),
                        DataSize.ofMegabytes(1))));
    }
}
