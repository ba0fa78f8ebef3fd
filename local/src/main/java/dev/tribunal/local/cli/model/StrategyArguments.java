package dev.tribunal.local.cli.model;

import dev.tribunal.contracts.common.FieldError;
import dev.tribunal.contracts.judge.v1.registry.JudgeResource;
import dev.tribunal.contracts.reward.v1.RewardModelResource;
import dev.tribunal.contracts.runs.v1.generation.GenerationStrategy;
import dev.tribunal.contracts.runs.v1.spec.RunSpec;
import dev.tribunal.contracts.runs.v1.spec.VersionedName;
import dev.tribunal.local.cli.shared.CommandException;
import dev.tribunal.local.cli.shared.Lookup;
import dev.tribunal.local.cli.shared.PlatformClient;
import dev.tribunal.local.cli.shared.PlatformOptions;
import dev.tribunal.local.cli.shared.StartedPlatform;
import dev.tribunal.servicekit.input.Input;
import dev.tribunal.servicekit.input.InputReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** By which strategy a command finds completions, and whom it asks about them. */
final class StrategyArguments {

    private static final YAMLMapper YAML = new YAMLMapper();

    @Option(
            names = "--strategy",
            paramLabel = "NAME",
            description = "How a completion is found: sample (default), best-of-n, majority, weighted-vote,"
                    + " first-feasible, step-beam or self-refine. docs/methods/inference.md tells of each.")
    private @Nullable String name;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "A hyperparameter of the strategy, such as n=16; may be repeated.")
    private Map<String, String> set = new LinkedHashMap<>();

    @Option(
            names = "--token-budget",
            paramLabel = "N",
            description = "The most tokens to sample for a prompt, completions that are not taken included.")
    private @Nullable Long tokenBudget;

    @Option(
            names = "--reward-model",
            paramLabel = "DIR|NAME[@VERSION]",
            description = "Scores completions: a checkpoint's folder, or a reward model of the platform.")
    private @Nullable String rewardModel;

    @Option(
            names = "--judge",
            paramLabel = "NAME[@VERSION]",
            description = "Judges completions; with parameters as in a spec:"
                    + " '{judge: length, parameters: {maxWords: 30}}'. May be repeated. Where no platform runs, the"
                    + " judges that need no model are started for it.")
    private List<String> judges = new ArrayList<>();

    @Mixin
    private final PlatformOptions platform = new PlatformOptions();

    private @Nullable PlatformClient client;

    /** Whether completions are to be chosen or rated at all. */
    boolean given() {
        return name != null || !set.isEmpty() || tokenBudget != null || rewardModel != null || !judges.isEmpty();
    }

    @Nullable
    Long tokenBudget() {
        if (tokenBudget != null && tokenBudget < 1) {
            throw new CommandException("--token-budget is " + tokenBudget + ", must be at least 1");
        }
        return tokenBudget;
    }

    /** @throws CommandException with all that is wrong with it, or that it lacks */
    GenerationStrategy strategy(double temperature, boolean raw) {
        ObjectNode written = YAML.createObjectNode();
        written.put("type", name == null ? "sample" : name);
        set.forEach((hyperparameter, value) -> written.set(hyperparameter, yaml("--set " + hyperparameter, value)));
        GenerationStrategy strategy = read(GenerationStrategy.class, written, "--strategy");
        List<String> lacks = new ArrayList<>();
        strategy.lacks(rewardModel != null, !judges.isEmpty(), temperature)
                .forEach((pointer, detail) -> lacks.add(switch (pointer) {
                            case "/rewardModel" -> "--reward-model";
                            case "/judges" -> "--judge:";
                            default -> "--temperature";
                        }
                        + " " + detail));
        if (raw && strategy instanceof GenerationStrategy.SelfRefine) {
            lacks.add("--raw leaves the chat template out, with which self-refine tells the model what to do better");
        }
        if (!lacks.isEmpty()) {
            throw new CommandException(String.join("\n", lacks));
        }
        return strategy;
    }

    private static JsonNode yaml(String option, String value) {
        try {
            return YAML.readTree(value);
        } catch (JacksonException e) {
            throw new CommandException(option + ": '" + value + "' is not YAML: " + e.getOriginalMessage(), e);
        }
    }

    private static <T> T read(Class<T> type, JsonNode written, String option) {
        Input<T> input = InputReader.read(type, written);
        if (!input.mistakes().isEmpty()) {
            throw new CommandException(input.mistakes().stream()
                    .map(mistake -> option + told(mistake))
                    .collect(Collectors.joining("\n")));
        }
        return Objects.requireNonNull(input.value(), "what has no mistakes has been read");
    }

    private static String told(FieldError mistake) {
        String at = mistake.pointer().equals("/type") ? "" : mistake.pointer().replace('/', ' ');
        return at + " " + mistake.detail();
    }

    /** The reward model's folder, if it is one. */
    @Nullable
    Path rewardModelDirectory() {
        return rewardModel != null && Files.isDirectory(Path.of(rewardModel)) ? Path.of(rewardModel) : null;
    }

    /** The reward model of the platform; null if none is asked for. */
    @Nullable
    VersionedName rewardModelOfPlatform() {
        if (rewardModel == null || rewardModelDirectory() != null) {
            return null;
        }
        if (!platform.given()) {
            throw new CommandException("--reward-model " + rewardModel
                    + " is no folder, and no platform runs that might have such a reward model; name a checkpoint's"
                    + " folder, or start a platform with ./tribunal up");
        }
        RewardModelResource found = Lookup.rewardModel(platform.connect().rewardModels(), rewardModel);
        return new VersionedName(found.name(), found.version());
    }

    boolean hasJudges() {
        return !judges.isEmpty();
    }

    /** With their versions. */
    List<RunSpec.Judge> judges() throws InterruptedException {
        List<RunSpec.Judge> all = new ArrayList<>();
        for (String written : judges) {
            RunSpec.Judge judge = read(RunSpec.Judge.class, yaml("--judge", written), "--judge");
            JudgeResource found = Lookup.judge(platform().judges(), judge.judge());
            all.add(new RunSpec.Judge(found.name() + "@" + found.version(), found.digest(), judge.parameters()));
        }
        return all;
    }

    /** The one that is named or runs, or else judges alone, started for this command. */
    PlatformClient platform() throws InterruptedException {
        PlatformClient known = client;
        if (known == null) {
            known = platform.given() ? platform.connect() : new PlatformClient(StartedPlatform.judgesOnly());
            client = known;
        }
        return known;
    }
}
